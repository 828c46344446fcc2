"""Changes of the values that a state column allows, for migrations."""

from __future__ import annotations

from typing import Any

from alembic import op


def allow(batch_op: Any, table: str, *states: str, column: str = "status") -> None:
    """Restrict a column to these states."""
    name = op.f(f"ck_{table}_{column}")  # complete: the naming convention adds nothing
    listed = ", ".join(f"'{state}'" for state in states)
    batch_op.drop_constraint(name, type_="check")
    batch_op.create_check_constraint(name, f"{column} in ({listed})")
