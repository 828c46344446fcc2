"""Exports: all data of a tenant as one archive, made by a job, fetched by a signed link, kept for a week."""

from __future__ import annotations

import hashlib
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from app.extensions import db
from app.models import CandidateDocument, SubscriptionPlan, Tenant, TenantExport
from app.models.tenant_export import ExportStatus
from app.schemas.common import FileLink, Page
from app.schemas.tenant_export_schema import ExportQuery
from app.services import event_service, file_links, listing, outbox_service, rows, schema_revision, tenant_archive
from app.services.column_reads import snapshot
from app.services.transaction import use_case
from app.utils import clock, ids, scope
from app.utils.errors import Conflict, NotFound
from app.utils.file_store import Download, file_store

KIND = "tenant-export"
MEDIA_TYPE = "application/zip"
KEPT_FOR = timedelta(days=7)
SILENCE = timedelta(seconds=60)  # whoever makes an archive gives a sign of life more often
SIGN_OF_LIFE_SECONDS = 2.0
AT_ONCE = 500
UNDERWAY = (ExportStatus.PENDING, ExportStatus.RUNNING)


def get(export_id: UUID) -> TenantExport:
    """One export with its progress."""
    return rows.get(TenantExport, export_id)


def list_exports(query: ExportQuery) -> Page[TenantExport]:
    """The exports of the bound tenant."""
    return listing.paginate(sa.select(TenantExport), TenantExport, query)


@use_case
def ask() -> TenantExport:
    """Promise an archive of the bound tenant; one that is under way is answered again."""
    tenant = rows.hold(Tenant, scope.tenant_id())
    underway = db.session.scalars(sa.select(TenantExport).where(TenantExport.status.in_(UNDERWAY))).first()
    if underway is not None:
        return underway
    actor = scope.actor()
    export = TenantExport(status=ExportStatus.PENDING, actor_kind=actor.kind, actor_id=actor.id)
    db.session.add(export)
    db.session.flush()  # the job needs the id
    event_service.record("tenant.export_asked", tenant, export_id=export.id)
    outbox_service.enqueue("tenant_export/asked", export_id=export.id)
    return export


@use_case
def link(export_id: UUID) -> FileLink:
    """A signed address of the archive, valid for five minutes; the ledger tells who asked for it."""
    export = get(export_id)
    if export.status != ExportStatus.DONE:
        raise Conflict(f"The export is {export.status}.", code="export_not_done", current_state=export.status)
    event_service.record("tenant.export_read", rows.get(Tenant, scope.tenant_id()), export_id=export.id)
    return file_links.make(KIND, export.id)


@file_links.opens(KIND)
def download(export_id: UUID) -> Download:
    """The archive of an export."""
    export = get(export_id)
    if export.storage_key is None:
        raise NotFound("The archive is gone.")
    tenant = rows.get(Tenant, scope.tenant_id())
    name = f"{tenant.slug}-{export.created_at:%Y-%m-%d}.zip"
    return Download(file_store.open(export.storage_key), name, MEDIA_TYPE, export.size)


def build(export_id: UUID) -> str:
    """Make the archive of an export and keep it; good to begin again after a crash. The status it has then."""
    if not _claim(export_id):
        return "skipped"
    with tempfile.TemporaryFile() as target:
        write(target, _Progress(export_id).tell)
        target.seek(0)
        stored = file_store.save(f"{scope.tenant_id()}/exports/{ids.new_id()}", target)
    try:
        return _finish(export_id, stored.key, stored.size, stored.sha256)
    except BaseException:
        file_store.delete(stored.key)
        raise


def write_file(path: Path, progress: Callable[[int, int], None]) -> None:
    """For operators: write the archive of the bound tenant to a file; the ledger tells."""
    _note_written()
    with path.open("wb") as target:
        write(target, progress)


def write(target: Any, progress: Callable[[int, int], None]) -> None:
    """Write the archive of the bound tenant to a seekable stream; `progress` hears what is done and of how much."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive, snapshot() as connection:
        _Writer(archive, connection, progress).write()


@use_case
def _note_written() -> None:
    event_service.record("tenant.exported", rows.get(Tenant, scope.tenant_id()))


@use_case
def fail(export_id: UUID, error: str) -> None:
    """The archive cannot be made."""
    export = rows.hold(TenantExport, export_id)
    if export.status in UNDERWAY:
        export.status, export.error = ExportStatus.FAILED, error[:500]
        export.version += 1


def purge_expired() -> int:
    """Delete the archives whose time is over, in the platform's scope; how many."""
    over = sa.select(TenantExport.tenant_id, TenantExport.id).where(
        TenantExport.status == ExportStatus.DONE, TenantExport.expires_at <= clock.now()
    )
    due = db.session.execute(over).all()
    for tenant_id, export_id in due:
        with scope.tenant(tenant_id):
            _expire(export_id)
    return len(due)


@use_case
def _claim(export_id: UUID) -> bool:
    export = rows.hold(TenantExport, export_id)
    if export.status not in UNDERWAY:
        return False
    if export.status == ExportStatus.RUNNING and export.updated_at > clock.now() - SILENCE:
        raise Conflict("The archive is being made.", code="export_claimed")
    export.status, export.done, export.updated_at = ExportStatus.RUNNING, 0, clock.now()
    export.version += 1
    return True


@use_case
def _note_progress(export_id: UUID, done: int, total: int) -> None:
    export = rows.hold(TenantExport, export_id)
    export.done, export.total, export.updated_at = done, total, clock.now()
    export.version += 1


@use_case
def _finish(export_id: UUID, key: str, size: int, sha256: str) -> str:
    export = rows.hold(TenantExport, export_id)
    if export.status not in UNDERWAY:
        raise Conflict("Another was faster.", code="export_done")
    tenant = rows.get(Tenant, scope.tenant_id())
    export.status, export.done = ExportStatus.DONE, export.total
    export.storage_key, export.size, export.sha256 = key, size, sha256
    export.expires_at = max(filter(None, [clock.now() + KEPT_FOR, tenant.delete_after]))
    export.version += 1
    event_service.record("tenant.exported", tenant, export_id=export.id, sha256=sha256)
    return export.status


@use_case
def _expire(export_id: UUID) -> None:
    export = rows.hold(TenantExport, export_id)
    if export.storage_key is not None:
        outbox_service.enqueue("file/deleted", storage_key=export.storage_key)
    export.status, export.storage_key = ExportStatus.EXPIRED, None
    export.version += 1


class _Progress:
    """Tells the row of an export now and then how far its archive has come."""

    def __init__(self, export_id: UUID) -> None:
        self._export_id = export_id
        self._due = 0.0

    def tell(self, done: int, total: int) -> None:
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + SIGN_OF_LIFE_SECONDS
            _note_progress(self._export_id, done, total)


class _Writer:
    """Fills an archive from one moment of the database; the manifest comes last, with a digest of every member."""

    def __init__(
        self, archive: zipfile.ZipFile, connection: sa.Connection, progress: Callable[[int, int], None]
    ) -> None:
        self._archive = archive
        self._connection = connection
        self._progress = progress
        self._tenant_id = scope.tenant_id()
        self._members: dict[str, dict[str, Any]] = {}
        self._missing: list[str] = []
        self._done = self._total = 0

    def write(self) -> None:
        tables = tenant_archive.tables()
        files = self._files()
        self._total = sum(self._count(table) for table in tables) + len(files)
        self._add(tenant_archive.TENANT, iter([orjson.dumps(self._tenant(), default=str)]))
        for table in tables:
            self._add(f"tables/{table.name}.jsonl", self._lines(table))
        for key in files:
            self._add_file(key)
        self._archive.writestr(tenant_archive.MANIFEST, orjson.dumps(self._manifest(), option=orjson.OPT_INDENT_2))

    def _add(self, name: str, chunks: Iterator[bytes]) -> None:
        digest, size = hashlib.sha256(), 0
        with self._archive.open(name, "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self._members[name] = {"size": size, "sha256": digest.hexdigest()}

    def _add_file(self, key: str) -> None:
        """A file that is lost does not keep the others from being exported."""
        name = key.partition("/")[2]
        try:
            chunks = file_store.open(key)
        except NotFound:
            self._missing.append(name)
            return
        self._add(f"files/{name}", self._heard(chunks))

    def _lines(self, table: sa.Table) -> Iterator[bytes]:
        wanted = sa.select(*tenant_archive.columns(table)).where(table.c.tenant_id == self._tenant_id)
        wanted = wanted.order_by(*table.primary_key.columns).execution_options(yield_per=AT_ONCE)
        with closing(self._connection.execute(wanted)) as found:
            for part in found.mappings().partitions():
                yield b"".join(map(tenant_archive.to_line, part))
                self._tell(len(part))

    def _heard(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            yield chunk
            self._tell(0)
        self._tell(1)

    def _tell(self, more: int) -> None:
        self._done += more
        self._progress(self._done, self._total)

    def _count(self, table: sa.Table) -> int:
        counted = sa.select(sa.func.count()).select_from(table).where(table.c.tenant_id == self._tenant_id)
        return self._connection.execute(counted).scalar_one()

    def _files(self) -> list[str]:
        documents = CandidateDocument.__table__
        kept = sa.select(documents.c.storage_key).where(documents.c.tenant_id == self._tenant_id)
        logo = self._tenant_row()["logo_key"]
        return [*self._connection.scalars(kept.order_by(documents.c.id)), *([logo] if logo else [])]

    def _tenant_row(self) -> dict[str, Any]:
        tenants = Tenant.__table__
        found = self._connection.execute(sa.select(tenants).where(tenants.c.id == self._tenant_id))
        return dict(found.mappings().one())

    def _tenant(self) -> dict[str, Any]:
        row = self._tenant_row()
        plans = SubscriptionPlan.__table__
        plan = self._connection.execute(sa.select(plans).where(plans.c.id == row.pop("plan_id"))).mappings().one()
        return {"tenant": row, "plan": dict(plan)}

    def _manifest(self) -> dict[str, Any]:
        return {
            "format": tenant_archive.FORMAT,
            "version": tenant_archive.VERSION,
            "schema": schema_revision.current(self._connection),
            "tenant_id": self._tenant_id,
            "exported_at": clock.now().isoformat(),
            "members": self._members,
            "missing_files": self._missing,
        }
