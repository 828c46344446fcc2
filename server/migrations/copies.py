"""Copies of whole tables in migrations."""

from __future__ import annotations

from alembic import op


def move_rows(source: str, target: str, columns: str) -> None:
    """Move all rows of `source` to the empty table `target`, and drop `source`."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    if is_postgresql:  # nobody may write meanwhile: those rows would be lost
        op.execute(f"lock table {source} in access exclusive mode")
    op.execute(f"insert into {target} ({columns}) select {columns} from {source}")
    op.drop_table(source)
    if is_postgresql:  # the planner knows nothing of a table that was just filled
        op.execute(f"analyze {target}")
