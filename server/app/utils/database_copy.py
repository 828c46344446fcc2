"""A whole database to a file and back, by the tools that the database brings."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from app.utils.errors import Unavailable

# Row security binds our role; these tools act for the platform, like a migration.
SEES_ALL = "-c app.platform=on -c row_security=on"
SQLITE = "sqlite:///"
PLAIN = ("--no-owner", "--no-privileges", "--enable-row-security")


def dump(url: str, target: Path) -> None:
    """Write everything as it is at one moment; others may go on working. Unavailable where the tool fails."""
    if url.startswith(SQLITE):
        _copy_sqlite(_sqlite_path(url), target)
        return
    _run("pg_dump", url, "--format=custom", *PLAIN, f"--file={target}")


def load(url: str, source: Path) -> None:
    """Put what was dumped in place of all that is there, whole or not at all. Unavailable where the tool fails."""
    if url.startswith(SQLITE):
        path = _sqlite_path(url)
        path.parent.mkdir(parents=True, exist_ok=True)
        _copy_sqlite(source, path)
        return
    script = source.with_suffix(".sql")
    _run("pg_restore", None, *PLAIN, f"--file={script}", str(source))
    # The schema goes first: a dump knows nothing of tables that came after it.
    first = ("--command", "drop schema public cascade", "--command", "create schema public")
    _run(
        "psql",
        url,
        "--quiet",
        "--no-psqlrc",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        *first,
        f"--file={script}",
    )


def kind(url: str) -> str:
    """Which database it is: a dump of one is of no use to the other."""
    return "sqlite" if url.startswith(SQLITE) else "postgresql"


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database that was found to be whole, in one transaction of the target."""
    if not source.is_file():
        raise Unavailable(f"There is no database at {source}.", code="no_database")
    with closing(sqlite3.connect(source)) as from_:
        try:
            faults = from_.execute("pragma integrity_check").fetchall()
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
    """Run a tool of PostgreSQL; the password goes by the environment, for others see a command's arguments."""
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
