"""Backups: the whole installation in one file, database and files, with a digest of every member.

A tar file with `database`, `files/...` and, last, `manifest.json`. A restore checks everything first.
"""

from __future__ import annotations

import io
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import sqlalchemy as sa
import structlog
from pydantic import ValidationError

from app.extensions import db
from app.schemas.backup_schema import BackupManifest, BackupReport, Member
from app.services.core import schema_revision
from app.services.core.column_reads import snapshot
from app.services.core.transaction import end_read
from app.utils import clock, database_copy, private_files
from app.utils.digest import counted
from app.utils.errors import Conflict, Invalid, NotFound
from app.utils.file_store import file_store

DATABASE, MANIFEST, FILES = "database", "manifest.json", "files/"
# E.g. "files/TENANT/subjects/ID". No part starts with a dot, so no name leads out of the store.
NAME = re.compile(r"database|manifest\.json|files(/(?!\.)[\w.-]{1,100}){1,6}")
MAX_MANIFEST = 512 * 1024**2  # bytes; read into memory, with one entry per file
log = structlog.get_logger("backup")


def create(path: Path, database_url: str) -> BackupReport:
    """Write a backup to `path`, which appears once it is complete; the server may keep running."""
    with snapshot() as connection:
        revision = schema_revision.current(connection)
    members: dict[str, Member] = {}
    with (
        private_files.replacing(path) as target,
        tarfile.open(fileobj=target, mode="w") as archive,
        tempfile.TemporaryDirectory(dir=path.parent) as folder,
    ):
        dumped = Path(folder) / DATABASE
        # Before the files, so that each row of the dump has its file, unless that is deleted meanwhile.
        # Files added meanwhile are in the backup without a row, which is harmless.
        database_copy.dump(database_url, dumped)
        with dumped.open("rb") as source:
            members[DATABASE] = _add(archive, DATABASE, source)
        for key in file_store.keys():
            _add_stored(archive, key, members)
        # Last, because it holds the digests of all other members.
        manifest = BackupManifest(
            database=database_copy.kind(database_url),
            schema_revision=revision,
            made_at=clock.now(),
            members=members,
        )
        _add(archive, MANIFEST, io.BytesIO(manifest.model_dump_json(indent=2).encode()))
    return _report(manifest)


def check(path: Path) -> BackupManifest:
    """Return the manifest of a backup after checking every member against it; Invalid if one differs."""
    found: dict[str, Member] = {}
    manifest: BackupManifest | None = None
    try:
        with tarfile.open(path, "r:") as archive:  # uncompressed only: no member unpacks to more than the file's size
            for entry, source in _entries(archive):
                if entry.name == MANIFEST:
                    manifest = BackupManifest.model_validate_json(source.read(MAX_MANIFEST))
                else:
                    found[entry.name] = _digest(source)
    except (tarfile.TarError, ValidationError, EOFError, ValueError) as error:
        raise Invalid(f"The backup cannot be read: {type(error).__name__}.", code="bad_backup") from error
    if manifest is None or found != manifest.members or DATABASE not in found:
        raise Invalid("The backup does not match its manifest, or is incomplete.", code="bad_backup")
    return manifest


def restore(path: Path, database_url: str) -> BackupReport:
    """Replace the installation with a checked backup: first the files, then the database, completely or not at all.

    The server must be stopped. Files that are not in the backup remain, but no row refers to them.
    """
    manifest = check(path)
    if manifest.database != database_copy.kind(database_url):
        here = database_copy.kind(database_url)
        raise Conflict(f"The backup is for {manifest.database}, not for {here}.", code="other_database")
    if not schema_revision.is_known(manifest.schema_revision):
        raise Conflict(f"The backup is from a newer release (schema {manifest.schema_revision}).", code="other_schema")
    # The load replaces all tables, which an open transaction of ours would block.
    end_read()
    db.engine.dispose()
    with tarfile.open(path, "r:") as archive, tempfile.TemporaryDirectory(dir=path.parent) as folder:
        dumped = Path(folder) / DATABASE
        for entry, source in _entries(archive):
            if entry.name == DATABASE:
                with dumped.open("wb") as target:
                    shutil.copyfileobj(source, target)
            elif entry.name.startswith(FILES):
                file_store.save(entry.name.removeprefix(FILES), source)
        database_copy.load(database_url, dumped)
    return _report(manifest)


def is_empty() -> bool:
    """Return whether there is no tenant that a restore would replace."""
    if not sa.inspect(db.engine).has_table("tenants"):
        return True
    with snapshot() as connection:
        return connection.execute(sa.text("select 1 from tenants limit 1")).first() is None


def _entries(archive: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    """Yield the members; Invalid unless all are regular files with safe names."""
    for entry in archive:
        source = archive.extractfile(entry) if entry.isfile() else None
        # A sparse member is small in the archive and of any size when it is read.
        if source is None or entry.issparse() or not NAME.fullmatch(entry.name):
            raise Invalid("The backup contains something other than plain files.", code="bad_backup")
        yield entry, source


def _add_stored(archive: tarfile.TarFile, key: str, members: dict[str, Member]) -> None:
    """Add a stored file, unless it was deleted in the meantime."""
    # A tar entry begins with its size, which is unknown until the file has been read.
    with tempfile.TemporaryFile() as spooled:
        try:
            for chunk in file_store.open(key):
                spooled.write(chunk)
        except NotFound:
            log.info("a file was deleted during the backup")
            return
        spooled.seek(0)
        members[f"{FILES}{key}"] = _add(archive, f"{FILES}{key}", spooled)


def _add(archive: tarfile.TarFile, name: str, source: IO[bytes]) -> Member:
    member = _digest(source)
    source.seek(0)
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime = member.size, int(clock.now().timestamp())
    archive.addfile(entry, source)
    return member


def _digest(source: IO[bytes]) -> Member:
    found = counted(source)
    return Member(size=found.size, sha256=found.sha256)


def _report(manifest: BackupManifest) -> BackupReport:
    facts = manifest.model_dump(include={"database", "schema_revision", "made_at"})
    files = sum(name.startswith(FILES) for name in manifest.members)
    return BackupReport(**facts, files=files, bytes=sum(member.size for member in manifest.members.values()))
