"""A whole database to a file and back, by the tools that the database brings."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

from app.utils.errors import Unavailable

# Row security binds our role; these tools act for the platform, like a migration.
SEES_ALL = "-c app.platform=on -c row_security=on"
SQLITE = "sqlite:///"


def dump(url: str, target: Path) -> None:
    """Write everything as it is at one moment; others may go on working. Unavailable where the tool fails."""
    if url.startswith(SQLITE):
        _copy_sqlite(_sqlite_path(url), target)
        return
    _run(
        "pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", "--enable-row-security", f"--file={target}"
    )


def load(url: str, source: Path) -> None:
    """Put what was dumped in place of what is there, whole or not at all. Unavailable where the tool fails."""
    if url.startswith(SQLITE):
        path = _sqlite_path(url)
        path.parent.mkdir(parents=True, exist_ok=True)
        _copy_sqlite(source, path)
        return
    options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--enable-row-security")
    _run("pg_restore", url, *options, "--single-transaction", "--exit-on-error", "--dbname", _name(url), str(source))


def kind(url: str) -> str:
    """Which database it is: a dump of one is of no use to the other."""
    return "sqlite" if url.startswith(SQLITE) else "postgresql"


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.is_file():
        raise Unavailable(f"There is no database at {source}.", code="no_database")
    with closing(sqlite3.connect(source)) as from_, closing(sqlite3.connect(target)) as to:
        from_.backup(to)
        to.execute("pragma journal_mode = wal")
        faults = to.execute("pragma integrity_check").fetchall()
    if faults != [("ok",)]:
        raise Unavailable("The copy of the database is not whole.", code="copy_failed")


def _sqlite_path(url: str) -> Path:
    return Path(url.removeprefix(SQLITE))


def _name(url: str) -> str:
    return unquote(urlsplit(url).path.lstrip("/"))


def _run(tool: str, url: str, *options: str) -> None:
    """Run a tool of PostgreSQL; the address goes by the environment, for others see a command's arguments."""
    if shutil.which(tool) is None:
        raise Unavailable(f"{tool} is not installed (Debian: postgresql-client).", code="tool_missing")
    parts = urlsplit(url)
    named = {
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": _name(url),
        "PGOPTIONS": SEES_ALL,
    }
    environment = {**os.environ, **{name: value for name, value in named.items() if value}}
    done = subprocess.run([tool, *options], env=environment, capture_output=True, text=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise Unavailable(f"{tool} failed: {lines[0]}", code="tool_failed")
