"""Which migrations there are, and which one the database is at."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations"


def current(connection: sa.Connection) -> str:
    """The revision of the last migration that was applied."""
    return str(connection.execute(sa.text("select version_num from alembic_version")).scalar_one())


def is_known(revision: str) -> bool:
    """Whether this release has that migration; a newer one's it has not."""
    return revision in _revisions()


def is_outdated(revision: str) -> bool:
    """Whether migrations of this release are missing. Those of a newer release may be there: it is being rolled out."""
    return is_known(revision) and revision != _revisions()[0]


@cache
def _revisions() -> tuple[str, ...]:
    """The newest first."""
    return tuple(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())
