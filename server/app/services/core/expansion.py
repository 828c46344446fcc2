"""`expand`: what belongs to the rows of a list, in one statement for each name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from app.services.core import rows

Load = Callable[[Collection[UUID]], Mapping[UUID, Any]]
Expansion = tuple[str, Load, Any]  # the column that names the row, how to load it, and the value of a row without one


def expand(items: Sequence[Any], names: Sequence[str] | None, known: Mapping[str, Expansion]) -> list[dict[str, Any]]:
    """Return the rows as mappings, with what the names add; the other names of `known` are null."""
    found = [dict(_mapping(item)) for item in items]
    for name, (column, load, usual) in known.items():
        wanted = name in (names or ())
        keys = {item[column] for item in found if item[column] is not None} if wanted else set()
        loaded = load(keys) if keys else {}
        for item in found:
            item[name] = loaded.get(item[column], usual) if wanted else None
    return found


def _mapping(item: Any) -> Mapping[str, Any]:
    if isinstance(item, Mapping):
        return item
    mapping: Mapping[str, Any] | None = getattr(item, "_mapping", None)
    return rows.columns_of(item) if mapping is None else mapping
