"""Functions registered by name, for services that must not import each other: automations, file openers."""

from __future__ import annotations

from typing import Any, TypeVar

F = TypeVar("F")


def register(known: dict[str, Any], name: str, function: F) -> F:
    """Add `function` to `known`; TypeError if the name is taken, so that none silently replaces another."""
    if name in known:
        module = getattr(function, "__module__", None)
        raise TypeError(f"{module}.{name}: {known[name].__module__} has one of this name; rename one")
    known[name] = function
    return function
