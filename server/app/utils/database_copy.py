"""Dumps and restores whole databases with the database's own tools."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from app.utils.errors import Unavailable

# Row security applies to our role; these tools act in the platform's scope, like migrations.
SEES_ALL = "-c app.platform=on -c row_security=on"
SQLITE = "sqlite:///"
# Roles differ between installations: a restore leaves ownership and grants to `migrate`. Without
# --enable-row-security, pg_dump refuses tables with row security.
PLAIN = ("--no-owner", "--no-privileges", "--enable-row-security")


def dump(url: str, target: Path) -> None:
    """Write a consistent dump while the database stays in use; Unavailable if the tool fails."""
    if url.startswith(SQLITE):
        _copy_sqlite(_sqlite_path(url), target)
        return
    _run("pg_dump", url, "--format=custom", *PLAIN, f"--file={target}")


def load(url: str, source: Path) -> None:
    """Replace all data with a dump, in one transaction; Unavailable if the tool fails."""
    if url.startswith(SQLITE):
        path = _sqlite_path(url)
        path.parent.mkdir(parents=True, exist_ok=True)
        _copy_sqlite(source, path)
        return
    script = source.with_suffix(".sql")
    # As a script, so that psql can drop the schema and load the dump in one transaction.
    _run("pg_restore", None, *PLAIN, f"--file={script}", str(source))
    # Drop the schema first: it may contain tables that are newer than the dump.
    first = ("--command", "drop schema public cascade", "--command", "create schema public")
    _run(
        "psql",
        url,
        "--quiet",
        "--no-psqlrc",  # the operator's own settings must not change how the script runs
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",  # otherwise psql reports success although a statement failed
        *first,
        f"--file={script}",
    )


def kind(url: str) -> str:
    """Return the kind of database, which a dump must match."""
    return "sqlite" if url.startswith(SQLITE) else "postgresql"


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database in one transaction of the target, after an integrity check; Unavailable if it fails."""
    if not source.is_file():
        raise Unavailable(f"There is no database at {source}.", code="no_database")
    with closing(sqlite3.connect(source)) as from_:
        try:
            # Check before the target is touched: a damaged dump must not replace a good database.
            faults = from_.execute("pragma integrity_check").fetchall()
            # An empty file is a valid SQLite database, too.
            from_.execute("select version_num from alembic_version").fetchone()
        except sqlite3.DatabaseError:
            faults = [("no database",)]
        if faults != [("ok",)]:
            raise Unavailable(f"The database at {source} is not whole.", code="copy_failed")
        with closing(sqlite3.connect(target)) as to:
            from_.backup(to)
            to.execute("pragma journal_mode = wal")


def _sqlite_path(url: str) -> Path:
    return Path(url.removeprefix(SQLITE))


def _run(tool: str, url: str | None, *options: str) -> None:
    """Run a PostgreSQL tool; the password is passed in the environment, since other users can see arguments."""
    if shutil.which(tool) is None:
        raise Unavailable(f"{tool} is not installed (Debian: postgresql-client).", code="tool_missing")
    environment = {**os.environ, "PGOPTIONS": SEES_ALL}
    address: tuple[str, ...] = ()
    if url is not None:
        made = make_url(url).set(drivername="postgresql")
        if made.password is not None:
            environment["PGPASSWORD"] = str(made.password)
        address = ("--dbname", made.set(password=None).render_as_string(hide_password=False))
    done = subprocess.run([tool, *address, *options], env=environment, capture_output=True, text=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise Unavailable(f"{tool} failed: {lines[0]}", code="tool_failed")
