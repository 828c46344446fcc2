"""The states that a column allows, as migrations widen and narrow them."""

from __future__ import annotations

from typing import Any

from alembic import op


def allow(batch_op: Any, table: str, *states: str, column: str = "status") -> None:
    """Let a column hold these states and no others."""
    name = op.f(f"ck_{table}_{column}")
    listed = ", ".join(f"'{state}'" for state in states)
    batch_op.drop_constraint(name, type_="check")
    batch_op.create_check_constraint(name, f"{column} in ({listed})")
