"""What services register by name for others that must not import them: automations, file openers."""

from __future__ import annotations

from typing import Any, TypeVar

F = TypeVar("F")


def register(known: dict[str, Any], name: str, function: F) -> F:
    """Add `function` to `known`; TypeError where the name is taken: the one would silently run for the other."""
    if name in known:
        module = getattr(function, "__module__", None)
        raise TypeError(f"{module}.{name}: {known[name].__module__} has one of this name; rename one")
    known[name] = function
    return function
