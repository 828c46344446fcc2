"""Which migration the database is at."""

from __future__ import annotations

import sqlalchemy as sa


def current(connection: sa.Connection) -> str:
    """The revision of the last migration that was applied."""
    return str(connection.execute(sa.text("select version_num from alembic_version")).scalar_one())
