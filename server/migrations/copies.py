"""Copies of whole tables in migrations."""

from __future__ import annotations

from alembic import op


def lock_whole(table: str) -> None:
    """Let nobody write to `table` until the migration commits, so that the copy is complete. PostgreSQL only."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"lock table {table} in access exclusive mode")


def analyze(table: str) -> None:
    """Give the planner the statistics of a table that was just filled. PostgreSQL only."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"analyze {table}")
