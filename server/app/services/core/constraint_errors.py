"""Violated database constraints as errors for the caller, by the name of the constraint."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.utils.errors import Conflict, DomainError, Invalid, NotFound

# "UNIQUE constraint failed: users.tenant_id, users.email", or the name of an index on an expression.
SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?:index '(?P<index>[^']+)'|(?P<columns>.+))")
SQLITE_CHECK = re.compile(r"CHECK constraint failed: (\w+)")

TIE_BREAKERS = frozenset({"shared_by"})  # internal columns that callers do not send


def error_for(error: IntegrityError, deleting: bool = False) -> DomainError:
    """Return the error for a constraint by its prefix.

    `uq_` and `ex_`: Conflict; `fk_`: NotFound, or Conflict if rows were deleted; `ck_`: Invalid.
    """
    name = constraint_name(error)
    # The same constraint fails for a missing parent and for a parent that still has children.
    if name.startswith("fk_") and deleting:
        return Conflict("Other records still refer to this one.", code="still_referred_to")
    if name.startswith("fk_"):
        return NotFound("A record that this refers to does not exist.", code="reference_missing")
    if name.startswith("ex_"):  # exclusion constraint: an interviewer's overlapping interviews
        return Conflict("This time is already taken.", code="time_taken")
    if name.startswith("ck_"):
        return Invalid("A value is outside the allowed range.", code="check_failed")
    field = _field_of(name)
    return Conflict(
        f"A record with this {field.replace('_', ' ')} already exists.",
        code="duplicate",
        errors=[{"pointer": f"/{field}", "code": "taken", "detail": "is already taken"}],
    )


def constraint_name(error: IntegrityError) -> str:
    """Return the name of the violated constraint on PostgreSQL or SQLite; empty if SQLite does not report it."""
    diagnosis: Any = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return diagnosis.constraint_name or ""
    message = str(error.orig)
    if message.startswith("FOREIGN KEY"):  # SQLite does not say which
        return "fk_"
    if check := SQLITE_CHECK.search(message):
        return check.group(1)
    if message.startswith("NOT NULL"):
        return "ck_not_null"
    unique = SQLITE_UNIQUE.search(message)
    if unique is None:
        return ""
    # SQLite names the columns instead of the constraint.
    return unique.group("index") or _unique_names().get(frozenset(unique.group("columns").split(", ")), "")


@cache
def _unique_names() -> dict[frozenset[str], str]:
    names = {}
    for table in db.metadata.tables.values():
        uniques = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
        constraints: list[Any] = [*uniques, *(index for index in table.indexes if index.unique)]
        for constraint in constraints:
            columns = frozenset(f"{table.name}.{column.name}" for column in constraint.columns)
            names[columns] = str(constraint.name)
    return names


def _field_of(name: str) -> str:
    """Return the last column of the constraint that a caller can send."""
    for table in db.metadata.tables.values():
        constraints: list[Any] = [*table.constraints, *table.indexes]
        for constraint in constraints:
            columns = [str(column.name) for column in constraint.columns if column.name not in TIE_BREAKERS]
            if str(constraint.name) == name and columns:
                return columns[-1]  # keys start with tenant_id and end with the value
    return "value"
