"""Subject exports: everything stored about a person, as an archive downloaded by a signed link."""

from __future__ import annotations

import tempfile
import zipfile
from datetime import timedelta
from typing import IO, Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from app.extensions import db
from app.models import (
    Candidate,
    CandidateDocument,
    CandidateMerge,
    CandidateTag,
    CandidateTagging,
    Event,
    PrivacyRequest,
    TalentPool,
    TalentPoolMember,
)
from app.models.base.classification import personal_columns
from app.models.privacy_request import PrivacyKind, PrivacyStatus
from app.schemas.common import FileLink
from app.schemas.lists import Page
from app.schemas.privacy_schema import PrivacyRequestQuery
from app.services.access import visibility_service
from app.services.candidates import candidate_redirects
from app.services.core import listing, rows, tenant_archive
from app.services.core.transaction import end_read, use_case
from app.services.duplicates import candidate_merge_rows
from app.services.events import event_service, outbox_service
from app.services.files import file_links
from app.utils import clock, scope
from app.utils.errors import Conflict, NotFound
from app.utils.file_store import Download, StoredFile, file_store

KIND = "subject-export"
MEDIA_TYPE = "application/zip"
KEPT_FOR = timedelta(days=7)


def list_requests(query: PrivacyRequestQuery) -> Page[PrivacyRequest]:
    """Return exports and erasures, filtered; Forbidden unless everything is visible to the caller."""
    visibility_service.require_all("The list of privacy requests")
    statement = sa.select(PrivacyRequest)
    return listing.paginate(statement, PrivacyRequest, query)


def get(request_id: UUID) -> PrivacyRequest:
    """Return an export or erasure; Forbidden unless everything is visible to the caller."""
    visibility_service.require_all("A privacy request")
    return rows.get(PrivacyRequest, request_id)


@use_case
def ask(candidate_id: UUID) -> PrivacyRequest:
    """Request an archive of everything stored about a candidate."""
    candidate = candidate_redirects.get(candidate_id)
    request = PrivacyRequest(
        kind=PrivacyKind.EXPORT,
        status=PrivacyStatus.PENDING,
        subject_id=candidate_id,
        requested_by_id=scope.user_id(),
    )
    db.session.add(request)
    db.session.flush()  # the event needs the id
    event_service.record("candidate.export_asked", candidate, privacy_request_id=request.id)
    outbox_service.enqueue("subject_export/asked", request_id=request.id)
    return request


@use_case
def link(request_id: UUID) -> FileLink:
    """Return a signed URL of the archive, valid for five minutes, and record the access; Conflict if it is not done."""
    request = get(request_id)
    if request.kind != PrivacyKind.EXPORT or request.status != PrivacyStatus.DONE:
        raise Conflict(f"There is no archive: the {request.kind} is {request.status}.", code="export_not_done")
    # Recorded here, because the signed URL is opened without a session.
    event_service.record("privacy_request.read", request, candidate_id=request.subject_id)
    return file_links.make(KIND, request.id)


@file_links.opens(KIND)
def download(request_id: UUID) -> Download:
    """Open the archive of an export."""
    request = get(request_id)
    if request.storage_key is None:
        raise NotFound("The archive has been deleted.")
    return Download(file_store.open(request.storage_key), f"{request.subject_id}.zip", MEDIA_TYPE, request.size)


def build(request_id: UUID) -> str:
    """Build and store the archive, and return its status; safe to repeat."""
    request = get(request_id)
    if request.status != PrivacyStatus.PENDING:
        return request.status
    if db.session.get(Candidate, request.subject_id) is None:  # merged or erased since the request
        fail(request_id)
        return PrivacyStatus.FAILED
    with tempfile.TemporaryFile() as target:
        _write(target, request.subject_id)
        target.seek(0)
        # One key for all attempts, so that a repeated build replaces the file instead of leaving one behind.
        stored = file_store.save(f"{scope.tenant_id()}/subjects/{request_id}", target)
    return _finish(request_id, stored)


@use_case
def fail(request_id: UUID) -> None:
    """Mark an export as failed."""
    request = rows.lock_row(PrivacyRequest, request_id)
    if request.status == PrivacyStatus.PENDING:
        request.status = PrivacyStatus.FAILED


def expire_of(ids: list[UUID]) -> int:
    """Delete the archives of a person, and return their number; inside a use case."""
    return _expire(sa.and_(PrivacyRequest.subject_id.in_(ids), PrivacyRequest.kind == PrivacyKind.EXPORT))


def tenants_with_expired() -> list[str]:
    """Return the ids (as text) of the tenants with expired archives; in the platform's scope."""
    return [str(each) for each in db.session.scalars(sa.select(PrivacyRequest.tenant_id).where(_over()).distinct())]


@use_case
def purge_expired() -> int:
    """Delete the current tenant's expired archives, and return their number."""
    return _expire(_over())


def _over() -> Any:
    return sa.and_(PrivacyRequest.storage_key.is_not(None), PrivacyRequest.expires_at <= clock.now())


def _expire(condition: Any) -> int:
    requests = db.session.scalars(
        sa.select(PrivacyRequest).where(condition, PrivacyRequest.status != PrivacyStatus.EXPIRED).with_for_update()
    ).all()
    for request in requests:
        if request.storage_key is not None:
            outbox_service.enqueue("file/deleted", storage_key=request.storage_key)
        request.status, request.storage_key = PrivacyStatus.EXPIRED, None  # also ends builds in progress: see `_finish`
    return len(requests)


@use_case
def _finish(request_id: UUID, stored: StoredFile) -> str:
    request = rows.lock_row(PrivacyRequest, request_id)
    if request.status != PrivacyStatus.PENDING:  # erased meanwhile: no file may remain
        outbox_service.enqueue("file/deleted", storage_key=stored.key)
        return request.status
    request.status, request.storage_key, request.size = PrivacyStatus.DONE, stored.key, stored.size
    request.expires_at = clock.now() + KEPT_FOR
    event_service.record("candidate.exported", request, candidate_id=request.subject_id)
    return request.status


def _write(target: IO[bytes], candidate_id: UUID) -> None:
    """Write `candidate.json` (the profile and all rows by table), `activity.json` and the files."""
    facts: dict[str, Any] = {"candidate": _personal("candidates", candidate_merge_rows.row_of(candidate_id))}
    for table in candidate_merge_rows.children():
        facts[str(table.name)] = [
            _personal(table.name, row) for row in candidate_merge_rows.rows_of(table, candidate_id)
        ]
    facts["tags"] = _names(CandidateTagging, CandidateTag, "tag_id", candidate_id)
    facts["talent_pools"] = _names(TalentPoolMember, TalentPool, "pool_id", candidate_id)
    kept = sa.select(CandidateMerge.snapshot).where(CandidateMerge.winner_id == candidate_id)
    # Snapshots are null once a merge can no longer be undone.
    facts["merged_from"] = [each["loser"] for each in db.session.scalars(kept) if each]
    # A merge leaves the old id in the events.
    of_all = [candidate_id, *candidate_redirects.losers(candidate_id)]
    events = sa.select(Event.type, Event.occurred_at, Event.actor_kind).where(Event.candidate_id.in_(of_all))
    activity = [dict(row._mapping) for row in db.session.execute(events.order_by(Event.seq))]
    statement = sa.select(CandidateDocument).where(CandidateDocument.candidate_id == candidate_id)
    files = [(each.id, each.filename, each.storage_key) for each in db.session.scalars(statement)]
    end_read()  # copying is slow
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("candidate.json", _json(facts))
        archive.writestr("activity.json", _json(activity))
        for document_id, filename, key in files:
            # File names may repeat; the ids make the names of the members unique.
            with archive.open(f"files/{document_id}/{filename}", "w", force_zip64=True) as member:
                for chunk in file_store.open(key):
                    member.write(chunk)


def _names(link: Any, named: Any, column: str, candidate_id: UUID) -> list[str]:
    """Return the names of the candidate's tags or talent pools."""
    borne = sa.select(getattr(link, column)).where(link.candidate_id == candidate_id)
    return list(db.session.scalars(sa.select(named.name).where(named.id.in_(borne)).order_by(named.name)))


def _personal(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return the columns about the person, without derived values and internal keys."""
    return {name: row[name] for name in personal_columns(table)}


def _json(value: Any) -> bytes:
    return orjson.dumps(value, default=tenant_archive.encode, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z)
