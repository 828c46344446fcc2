"""Imports of tables: stored first, then validated and written in batches, each exactly once even after a crash."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import CandidateImport, CandidateImportRow, Job
from app.models.candidate_import import ImportStatus, OnDuplicate, RowResult
from app.models.custom_field import FieldSubject
from app.models.job import JobStatus
from app.models.permission import PII
from app.schemas.candidate_import_schema import ImportQuery, ImportRowQuery, ImportUploadForm
from app.schemas.lists import Page
from app.services.access import principal_service, rights, visibility_service
from app.services.candidates import custom_field_service
from app.services.core import child_process, listing, rows
from app.services.core.transaction import end_read, use_case
from app.services.events import event_service, outbox_service
from app.services.imports import candidate_import_batch, candidate_import_file, candidate_import_mapping
from app.utils import clock, file_types, filenames, ids, scope
from app.utils.errors import Conflict, Invalid, LimitReached, NotFound, UnsupportedMedia
from app.utils.file_store import Upload, file_store

BATCH, BATCH_TEXT = 1000, 2_000_000  # rows and characters per transaction
IMPORT = "candidates.import"
AT_ONCE = 100  # candidates per search for duplicates
SECONDS = 20.0  # per step of the function; longer imports take several
KEPT_FOR = timedelta(days=7)  # tables of dry runs and stopped imports, which can still be run
TRIES = 3  # per batch, if others add the same people meanwhile


def get(import_id: UUID) -> CandidateImport:
    """Return an import with its progress; NotFound if it is another user's, unless the caller sees all candidates."""
    return _own(rows.get(CandidateImport, import_id))


def list_imports(query: ImportQuery) -> Page[CandidateImport]:
    """Return imports, newest first: the caller's own, or all if the caller sees all candidates."""
    statement = sa.select(CandidateImport)
    if scope.actor().visibility is not None:
        statement = statement.where(CandidateImport.user_id == scope.user_id())
    return listing.paginate(statement, CandidateImport, query)


def list_rows(import_id: UUID, query: ImportRowQuery) -> Page[CandidateImportRow]:
    """Return the results of an import's rows."""
    get(import_id)
    # `get` checked whose import it is: the rows have no owner of their own.
    statement = sa.select(CandidateImportRow).where(CandidateImportRow.import_id == import_id)
    return listing.paginate(statement, CandidateImportRow, query, within=import_id)


def upload(user_id: UUID, file: Upload, form: ImportUploadForm) -> CandidateImport:
    """Store a table and enqueue its import, which runs with the permissions and visibility of this user."""
    for right in _needed(form.on_duplicate):
        rights.require(right)
    media_type = file_types.sniff_table(file.stream)
    if media_type is None:
        raise UnsupportedMedia("Imports accept CSV and XLSX files only.", code="unsupported_file_type")
    import_id = ids.new_id()
    key = f"{scope.tenant_id()}/imports/{import_id}"
    # Before the use case: a transaction must not wait for the file store.
    file_store.save(key, file.stream)
    try:
        return _store(import_id, key, filenames.safe(file.filename, media_type), form, user_id)
    except BaseException:  # no row refers to the file, which contains personal data
        file_store.delete(key)
        raise


def _needed(on_duplicate: OnDuplicate) -> tuple[str, ...]:
    """Return the permissions that an import needs for as long as it runs."""
    if on_duplicate is OnDuplicate.UPDATE:
        return IMPORT, "candidates.update", PII  # an update adds contact points to existing candidates
    return (IMPORT,)


@use_case
def run(import_id: UUID) -> CandidateImport:
    """Run an import after its dry run, or resume a stopped one."""
    batch = _own(rows.lock_for_update(CandidateImport, import_id))
    checked = batch.status == ImportStatus.DONE and batch.is_dry_run
    if not checked and batch.status != ImportStatus.STOPPED:
        raise Conflict("Only a finished dry run or a stopped import can be run.", code="not_runnable")
    if batch.storage_key is None:
        raise Conflict("The table is no longer stored. Upload it again.", code="table_gone")
    if checked:
        # The results of the dry run are replaced: each row number is unique within the import.
        db.session.execute(sa.delete(CandidateImportRow).where(CandidateImportRow.import_id == import_id))
        batch.is_dry_run = False
        batch.done = batch.created = batch.updated = batch.skipped = batch.failed = 0
    batch.status, batch.reason = ImportStatus.PENDING, None
    event_service.record("candidate_import.run", batch)
    outbox_service.enqueue("candidate_import/asked", import_id=batch.id, go=batch.version)
    return batch


def proceed(import_id: UUID) -> bool:
    """Write batches for some seconds, and return whether there is more to do; safe to repeat after a crash."""
    batch = rows.get(CandidateImport, import_id)
    if batch.status not in (ImportStatus.PENDING, ImportStatus.RUNNING) or batch.storage_key is None:
        return False
    # With the user's current permissions and visibility, which may have changed since the upload.
    actor = principal_service.actor_of(batch.user_id) if batch.user_id else None
    if actor is None:
        return _stop_for(import_id, "the user who started the import is no longer active")
    if not actor.permissions.issuperset(_needed(batch.on_duplicate)):
        return _stop_for(import_id, "the user who started the import no longer has the permissions that it needs")
    if not batch.columns and not _prepare(import_id):  # no columns: not converted yet
        return False
    batch = rows.get(CandidateImport, import_id)  # `_prepare` stored the total and a new key
    done, total, key = batch.done, batch.total, str(batch.storage_key)
    until = time.monotonic() + SECONDS
    actor = replace(actor, visibility=visibility_service.for_change(actor.visibility, IMPORT))
    writer = replace(actor, visibility=visibility_service.for_change(actor.visibility, IMPORT))
    with scope.tenant(scope.tenant_id(), writer):
        # Skip the rows of earlier batches: `done` is where this one begins.
        table = islice(candidate_import_file.rows_of(file_store.open(key)), done, None)
        while time.monotonic() < until:
            part = list(_batch(table))
            if not part or not _write(import_id, done, part):
                break
            done += len(part)
    if done >= total:
        _finish(import_id)
    # Read again, because a batch may have stopped the import. If another run is ahead, the next step
    # continues after it.
    return done < total and rows.get(CandidateImport, import_id).status == ImportStatus.RUNNING


def _batch(table: Iterator[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Yield the next rows, fewer of them if they are long: a batch is in memory as a whole."""
    size = 0
    for row in islice(table, BATCH):
        yield row
        size += sum(map(len, row.values()))
        if size > BATCH_TEXT:
            return


def made_after(import_id: UUID, number: int) -> list[tuple[int, UUID]]:
    """Return the next rows that created candidates, with the candidates' ids."""
    statement = sa.select(CandidateImportRow.number, CandidateImportRow.made_id).where(
        CandidateImportRow.import_id == import_id,
        CandidateImportRow.number > number,
        CandidateImportRow.result == RowResult.CREATED,
        CandidateImportRow.made_id.is_not(None),  # null in a dry run
    )
    found = db.session.execute(statement.order_by(CandidateImportRow.number).limit(AT_ONCE)).all()
    return [(row.number, row.made_id) for row in found if row.made_id is not None]


def _prepare(import_id: UUID) -> bool:
    """Convert the table to plain CSV in a child process; stops the import and returns False if it cannot be read."""
    batch = rows.get(CandidateImport, import_id)
    key, wanted = str(batch.storage_key), batch.mapping
    definitions = custom_field_service.definitions(FieldSubject.CANDIDATE)
    custom = {key: field.kind.value for key, field in definitions.items()}
    end_read()  # reading is slow
    with file_store.on_disk(key) as source:
        plain = source.with_name("plain")
        try:
            columns, total = child_process.run(candidate_import_file.normalise, str(source), str(plain))
            mapping = wanted or candidate_import_mapping.suggest(columns, custom)
            candidate_import_mapping.check(mapping, columns, custom)
        except child_process.ChildFailed as failure:
            return _stop_for(import_id, f"the table cannot be read: {failure.reason}")
        except Invalid as error:
            return _stop_for(import_id, f"{error.detail} {'; '.join(each['detail'] for each in error.errors)}")
        with plain.open("rb") as stream:
            # Under a new key: until `_store_plain` commits, the row refers to the table as it was uploaded.
            stored = file_store.save(f"{scope.tenant_id()}/imports/{ids.new_id()}", stream)
    return _store_plain(import_id, stored.key, columns, total, mapping)


@use_case
def _store_plain(import_id: UUID, key: str, columns: list[str], total: int, mapping: dict[str, Any]) -> bool:
    batch = rows.lock_row(CandidateImport, import_id)
    if batch.columns or batch.storage_key is None:  # a concurrent run was faster, or an erasure deleted it
        outbox_service.enqueue("file/deleted", storage_key=key)
        return bool(batch.columns)
    outbox_service.enqueue("file/deleted", storage_key=batch.storage_key)
    batch.storage_key, batch.columns, batch.total, batch.mapping = key, columns, total, mapping
    batch.version += 1
    return True


@use_case
def fail(import_id: UUID) -> None:
    """Stop an import that failed repeatedly."""
    _stop(rows.lock_row(CandidateImport, import_id), "the import failed several times")


def tenants_with_old_tables() -> list[str]:
    """Return the ids (as text) of the tenants with expired tables; in the platform's scope."""
    return [str(each) for each in db.session.scalars(sa.select(CandidateImport.tenant_id).where(_old()).distinct())]


@use_case
def forget_old_tables() -> int:
    """Delete the current tenant's expired tables, and return their number."""
    return _forget(_old())


def forget_tables() -> int:
    """Delete all tables that are not being imported, because they contain personal data; inside a use case."""
    return _forget(_idle())


def _idle() -> Any:
    """Return the condition that an import has a table and is not in progress."""
    ended = CandidateImport.status.in_((ImportStatus.DONE, ImportStatus.STOPPED))
    return sa.and_(CandidateImport.storage_key.is_not(None), ended)


def _old() -> Any:
    return sa.and_(_idle(), CandidateImport.updated_at < clock.now() - KEPT_FOR)


def _forget(condition: Any) -> int:
    # Locked, so that `run` does not start an import whose table is being deleted.
    kept = db.session.scalars(sa.select(CandidateImport).where(condition).with_for_update()).all()
    for batch in kept:
        outbox_service.enqueue("file/deleted", storage_key=batch.storage_key)
        batch.storage_key = None
    return len(kept)


@use_case
def _store(import_id: UUID, key: str, filename: str, form: ImportUploadForm, user_id: UUID) -> CandidateImport:
    batch = CandidateImport(
        id=import_id,
        user_id=user_id,
        filename=filename,
        storage_key=key,
        is_dry_run=form.dry_run,
        on_duplicate=form.on_duplicate,
        columns=[],
        mapping=form.mapping or {},
    )
    db.session.add(batch)
    db.session.flush()  # the event needs the id
    event_service.record("candidate_import.created", batch, dry_run=form.dry_run)
    outbox_service.enqueue("candidate_import/asked", import_id=batch.id, go=batch.version)
    return batch


def _write(import_id: UUID, done: int, part: list[dict[str, str]]) -> bool:
    """Write one batch; False if the import was stopped or a concurrent run is ahead."""
    for attempt in range(TRIES):
        try:
            return _write_once(import_id, done, part)
        except LimitReached as limit:  # the whole batch was rolled back; `run` resumes with it
            _stop_for(import_id, limit.detail)
            return False
        except Conflict:  # one of these people was added concurrently
            if attempt == TRIES - 1:
                raise
    return False


@use_case
def _write_once(import_id: UUID, done: int, part: list[dict[str, str]]) -> bool:
    batch = rows.lock_row(CandidateImport, import_id)
    # Checked under the lock: a retry or another run that repeats this batch finds `done` advanced.
    if batch.done != done or batch.status not in (ImportStatus.PENDING, ImportStatus.RUNNING):
        return False
    results = candidate_import_batch.write(batch.mapping, part, batch.on_duplicate, batch.is_dry_run)
    made = [
        rows.new_row(
            import_id=import_id, number=done + number, result=each.result, made_id=each.made_id, errors=each.errors
        )
        for number, each in enumerate(results, start=1)
    ]
    # In the transaction of the batch, so that a repeated batch neither loses nor doubles a result.
    db.session.connection().execute(sa.insert(CandidateImportRow.__table__), made)
    for name in RowResult:  # the counters have the names of the results
        setattr(batch, name.value, getattr(batch, name.value) + sum(each.result is name for each in results))
    batch.done, batch.status = done + len(part), ImportStatus.RUNNING
    batch.version += 1
    return True


@use_case
def _finish(import_id: UUID) -> None:
    """Complete the import; after a real run, delete the table and enqueue the follow-up."""
    batch = rows.lock_row(CandidateImport, import_id)
    if batch.status != ImportStatus.RUNNING:
        return
    batch.status = ImportStatus.DONE
    batch.version += 1
    event_service.record(
        "candidate_import.done", batch, **{name.value: getattr(batch, name.value) for name in RowResult}
    )
    if batch.is_dry_run:  # `run` needs the table
        return
    outbox_service.enqueue("file/deleted", storage_key=batch.storage_key)
    batch.storage_key = None
    _follow_up(batch)


def _follow_up(batch: CandidateImport) -> None:
    """Enqueue new matches of open jobs, and the search for duplicates of imported candidates."""
    # One refresh per open job, instead of one per imported candidate.
    for job_id in db.session.scalars(sa.select(Job.id).where(Job.status == JobStatus.OPEN)):
        outbox_service.enqueue("job/changed", job_id=job_id)
    outbox_service.enqueue("candidate_import/written", import_id=batch.id, go=batch.version)


@use_case
def _stop_for(import_id: UUID, reason: str) -> bool:
    _stop(rows.lock_row(CandidateImport, import_id), reason)
    return False


def _stop(batch: CandidateImport, reason: str) -> None:
    if batch.status in (ImportStatus.PENDING, ImportStatus.RUNNING):
        batch.status, batch.reason = ImportStatus.STOPPED, reason[:200]
        batch.version += 1
        event_service.record("candidate_import.stopped", batch)
        if batch.created and not batch.is_dry_run:  # candidates of the batches before the stop
            _follow_up(batch)


def _own(batch: CandidateImport) -> CandidateImport:
    # An import without a user belongs to nobody, not to callers who are no users either (`user_id` is None).
    if scope.actor().visibility is not None and (batch.user_id is None or batch.user_id != scope.user_id()):
        raise NotFound("There is no such candidate import.")
    return batch
