"""Exports: all data of a tenant as one archive, built by a function, downloaded by a signed link, stored for a week."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Tenant, TenantExport
from app.models.tenant_export import ExportStatus
from app.schemas.common import FileLink
from app.schemas.lists import Page
from app.schemas.tenant_export_schema import ExportQuery
from app.services.access import visibility_service
from app.services.core import active_tenants, listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service, outbox_service, platform_event_service
from app.services.files import file_links
from app.services.tenants import tenant_archive_writer
from app.utils import clock, private_files, scope
from app.utils.errors import Conflict, NotFound
from app.utils.file_store import Download, StoredFile, file_store

KIND = "tenant-export"
MEDIA_TYPE = "application/zip"
KEPT_FOR = timedelta(days=7)
SILENCE = timedelta(seconds=60)  # without progress for this long, a build is considered dead
SIGN_OF_LIFE_SECONDS = 2.0
MOST_KEPT = 3  # per tenant
UNDERWAY = (ExportStatus.PENDING, ExportStatus.RUNNING)


def get(export_id: UUID) -> TenantExport:
    """Return an export with its progress."""
    return rows.get(TenantExport, export_id)


def list_exports(query: ExportQuery) -> Page[TenantExport]:
    """Return the exports of the current tenant."""
    return listing.paginate(sa.select(TenantExport), TenantExport, query)


@use_case
def ask(anew: bool = False) -> TenantExport:
    """Request an archive of the current tenant; returns the one in progress, unless `anew`."""
    visibility_service.require_all("An archive of the tenant")
    # Locked, so that two requests at once do not both begin an export.
    tenant = rows.lock_row(Tenant, scope.tenant_id())
    underway = db.session.scalars(sa.select(TenantExport).where(TenantExport.status.in_(UNDERWAY))).first()
    if underway is not None and not anew:
        return underway
    actor = scope.actor()
    export = TenantExport(status=ExportStatus.PENDING, actor_kind=actor.kind, actor_id=actor.id)
    db.session.add(export)
    db.session.flush()  # the event needs the id
    _record("tenant.export_asked", tenant, export)
    outbox_service.enqueue("tenant_export/asked", export_id=export.id)
    return export


@use_case
def link(export_id: UUID) -> FileLink:
    """Return a signed URL of the archive, valid for five minutes, and record the access; Conflict if it is not done."""
    visibility_service.require_all("An archive of the tenant")
    export = get(export_id)
    if export.status != ExportStatus.DONE:
        raise Conflict(
            f"There is no archive: the export is {export.status}.",
            code="export_not_done",
            current_state=export.status,
        )
    # Recorded here, because the signed URL is opened without a session.
    _record("tenant.export_read", rows.get(Tenant, scope.tenant_id()), export)
    return file_links.make(KIND, export.id)


@file_links.opens(KIND)
def download(export_id: UUID) -> Download:
    """Open the archive of an export."""
    export = get(export_id)
    if export.storage_key is None:
        raise NotFound("The archive has been deleted.")
    tenant = rows.get(Tenant, scope.tenant_id())
    name = f"{tenant.slug}-{export.created_at:%Y-%m-%d}.zip"
    return Download(file_store.open(export.storage_key), name, MEDIA_TYPE, export.size)


def build(export_id: UUID) -> str:
    """Build and store the archive of an export, and return its status; safe to repeat after a crash."""
    if not _claim(export_id):
        return "skipped"
    with tempfile.TemporaryFile() as target:
        tenant_archive_writer.write(target, _Progress(export_id).report)
        target.seek(0)
        stored = file_store.save(_key(export_id), target)  # one key for all attempts: none orphans a file
    return _finish(export_id, stored)


def write_file(path: Path, progress: Callable[[int, int], None]) -> None:
    """For operators: write the archive of the current tenant to a private file; recorded in the audit trail."""
    with private_files.replacing(path) as target:
        tenant_archive_writer.write(target, progress)
    _note_written()


@use_case
def _note_written() -> None:
    event_service.record("tenant.exported", rows.get(Tenant, scope.tenant_id()))


@use_case
def fail(export_id: UUID, error: str) -> None:
    """Mark an export as failed, and delete its file."""
    export = rows.lock_row(TenantExport, export_id)
    if export.status in UNDERWAY:
        export.status, export.error = ExportStatus.FAILED, error[:500]
        # The build may have stored its file and failed afterwards.
        outbox_service.enqueue("file/deleted", storage_key=_key(export_id))
        export.version += 1


def purge_expired() -> int:
    """Delete expired archives of all tenants, and return their number; in the platform's scope."""
    return active_tenants.in_each(db.session.scalars(_over(TenantExport.tenant_id).distinct()).all(), _expire_over)


def _expire_over() -> int:
    due = db.session.scalars(_over(TenantExport.id)).all()
    for export_id in due:
        _expire(export_id)
    return len(due)


def _over(column: Any) -> sa.Select[Any]:
    return sa.select(column).where(TenantExport.status == ExportStatus.DONE, TenantExport.expires_at <= clock.now())


def expire_all() -> int:
    """Delete all archives of the current tenant, also those in progress; return their number. Inside a use case.

    Erasures call this, because the archives contain the person.
    """
    kept = db.session.scalars(
        sa.select(TenantExport).where(TenantExport.status.in_((*UNDERWAY, ExportStatus.DONE)))
    ).all()
    for export in kept:
        _expire(export.id)
    return len(kept)


@use_case
def _claim(export_id: UUID) -> bool:
    export = rows.lock_row(TenantExport, export_id)
    if export.status not in UNDERWAY:
        return False
    if export.status == ExportStatus.RUNNING and export.updated_at > clock.now() - SILENCE:
        # A Conflict is retried: if that build is dead, it is silent for too long by then.
        raise Conflict("The archive is already being created.", code="export_claimed")
    export.status, export.done, export.updated_at = ExportStatus.RUNNING, 0, clock.now()
    export.version += 1
    return True


@use_case
def _note_progress(export_id: UUID, done: int, total: int) -> None:
    export = rows.lock_row(TenantExport, export_id)
    export.done, export.total, export.updated_at = done, total, clock.now()
    export.version += 1


@use_case
def _finish(export_id: UUID, stored: StoredFile) -> str:
    """Record the finished archive; a duplicate build has written a complete one to the same key, and records that."""
    tenant = rows.lock_row(Tenant, scope.tenant_id())  # locked first, so that a deletion scheduled meanwhile is seen
    export = rows.lock_row(TenantExport, export_id)
    if export.status not in (*UNDERWAY, ExportStatus.DONE):
        # Ended meanwhile, e.g. by an erasure: the archive may contain the erased person.
        outbox_service.enqueue("file/deleted", storage_key=stored.key)
        return export.status
    export.status, export.done = ExportStatus.DONE, export.total
    export.storage_key, export.size, export.sha256 = stored.key, stored.size, stored.sha256
    # The archive of a tenant that is to be deleted is kept until the deletion.
    export.expires_at = max(filter(None, [clock.now() + KEPT_FOR, tenant.delete_after]))
    export.version += 1
    event_service.record("tenant.exported", tenant, export_id=export.id, sha256=stored.sha256)
    db.session.flush()  # the query below must see this export
    done = sa.select(TenantExport).where(TenantExport.status == ExportStatus.DONE).order_by(TenantExport.id.desc())
    for old in db.session.scalars(done.offset(MOST_KEPT)):
        _expire(old.id)
    return ExportStatus.DONE


@use_case
def _expire(export_id: UUID) -> None:
    export = rows.lock_row(TenantExport, export_id)
    if export.storage_key is not None:
        outbox_service.enqueue("file/deleted", storage_key=export.storage_key)
    export.status, export.storage_key = ExportStatus.EXPIRED, None
    export.version += 1


def _key(export_id: UUID) -> str:
    return f"{scope.tenant_id()}/exports/{export_id}"


def _record(type: str, tenant: Tenant, export: TenantExport) -> None:
    """Record in the tenant's audit trail, and in the platform's (which outlives the tenant) if the platform acts."""
    event_service.record(type, tenant, export_id=export.id)
    if scope.actor().kind == "platform":
        platform_event_service.record(type, tenant, export_id=str(export.id))


class _Progress:
    """Updates the progress of an export at intervals."""

    def __init__(self, export_id: UUID) -> None:
        self._export_id = export_id
        self._due = 0.0

    def report(self, done: int, total: int) -> None:
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + SIGN_OF_LIFE_SECONDS
            _note_progress(self._export_id, done, total)
