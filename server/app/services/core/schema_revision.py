"""Schema revisions: the migrations of this release and the revision of the database."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations"  # server/migrations


def current(connection: sa.Connection) -> str:
    """Return the revision of the last applied migration."""
    return str(connection.execute(sa.text("select version_num from alembic_version")).scalar_one())


def is_known(revision: str) -> bool:
    """Return whether this release contains the migration; False for one of a newer release."""
    return revision in _revisions()


def is_outdated(revision: str) -> bool:
    """Return whether migrations of this release are missing; False for a newer release's, which may be rolling out."""
    return is_known(revision) and revision != _revisions()[0]


@cache
def _revisions() -> tuple[str, ...]:
    """Return the revisions of this release, newest first."""
    return tuple(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())
