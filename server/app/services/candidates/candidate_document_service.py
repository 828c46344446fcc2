"""Documents: type detected from the content, stored once per tenant, served by signed links."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateDocument, CandidateResume, DocumentType
from app.models.candidate_document import SAFE, ScanStatus, Verification
from app.models.notification import NotificationKind
from app.schemas.candidate_document_schema import CandidateDocumentQuery, CandidateDocumentUpdate
from app.schemas.common import FileLink
from app.schemas.lists import Page
from app.services.access import active_users
from app.services.candidates import candidate_redirects, document_type_service
from app.services.core import active_tenants, child_process, listing, rows, upsert
from app.services.core.transaction import end_read, on_rollback, use_case
from app.services.events import event_service, outbox_service, quota
from app.services.files import document_thumbnail, file_links, virus_scan
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About, Notice
from app.utils import clock, file_types, filenames, ids, scope
from app.utils.addresses import addresses
from app.utils.errors import Conflict, Invalid, NotFound, UnsupportedMedia
from app.utils.file_store import Download, StoredFile, Upload, file_store
from app.utils.virus_scanner import virus_scanner

EXPIRES_SOON = timedelta(days=30)
KIND = "candidate-document"
THUMBNAIL = "candidate-thumbnail"


def get(document_id: UUID) -> CandidateDocument:
    """Return a document; NotFound if there is none."""
    return rows.get(CandidateDocument, document_id)


def list_documents(query: CandidateDocumentQuery) -> Page[CandidateDocument]:
    """List documents, filtered."""
    statement = sa.select(CandidateDocument)
    if query.q is not None:
        statement = statement.where(listing.contains(query.q, CandidateDocument.filename))
    return listing.paginate(statement, CandidateDocument, query)


def upload(candidate_id: UUID, file: Upload, document_id: UUID | None = None) -> CandidateDocument:
    """Attach a file to a candidate; the same file again is the same document. `document_id` is that of a new one.

    Conflict if another candidate has this file, UnsupportedMedia if its type is not supported.
    """
    candidate_redirects.get(candidate_id)
    end_read()  # storing is slow
    document = store(file, candidate_id, document_id=document_id)
    if document.candidate_id != candidate_id:
        raise Conflict("Another candidate already has this file.", code="duplicate_document")
    return document


def store(
    file: Upload,
    candidate_id: UUID | None,
    allowed: frozenset[str] | None = None,
    known: str | None = None,
    document_id: UUID | None = None,
) -> CandidateDocument:
    """Store the file, then insert the row; return the existing document if the tenant has the same file already.

    `known` is the media type of a file that we generated; otherwise, it is detected from the content. `document_id` is
    the id of a new row. UnsupportedMedia if the type is not supported or not `allowed`, Invalid if the file is empty,
    Conflict if the existing document is not visible to the caller.
    """
    media_type = known or file_types.sniff(file.stream)
    if media_type is None or (allowed is not None and media_type not in allowed):
        raise UnsupportedMedia("This file type is not supported.", code="unsupported_file")
    document_id = document_id or ids.new_id()
    stored: StoredFile = file_store.save(f"{scope.tenant_id()}/{document_id}", file.stream)
    # If the caller's use case fails later, the file must go, too. Outside a use case, this does nothing.
    on_rollback(lambda: file_store.delete(stored.key))
    try:
        document = _store(document_id, stored, media_type, file.filename, candidate_id)
    except BaseException:
        file_store.delete(stored.key)
        raise
    if document.id != document_id:
        file_store.delete(stored.key)
        _check_visible(document.id)  # after the `unrestricted` block, hence by the visibility rules
    return document


@use_case
def adopt(stored: StoredFile, media_type: str, filename: str, candidate_id: UUID | None) -> CandidateDocument:
    """Return the document of a file that is stored already: a new one, or that with the same bytes, of anybody."""
    return _store(ids.new_id(), stored, media_type, filename, candidate_id)


@use_case
def update(document_id: UUID, changes: CandidateDocumentUpdate) -> CandidateDocument:
    """Say of which type a document is, and when it expires; Invalid if the type needs a day of expiry."""
    document = rows.lock_row(CandidateDocument, document_id)
    said = changes.model_dump(exclude_unset=True)
    type_id = said.get("document_type_id", document.document_type_id)
    kind = rows.get(DocumentType, type_id) if type_id is not None else None
    document_type_service.check_expiry(kind, said.get("expires_on", document.expires_on))
    changed = rows.apply_changes(document, said)
    if changed:
        needs = kind is not None and kind.needs_verification
        document.verification = Verification.PENDING if needs else None
        document.verified_by_id = document.verified_at = document.expiry_notified_at = None
    event_service.record("candidate_document.updated", document, changed=changed)
    return document


@use_case
def judge(document_id: UUID, verdict: Verification) -> CandidateDocument:
    """Verify or refuse a document; Conflict if its type needs no verification."""
    document = rows.lock_row(CandidateDocument, document_id)
    if document.verification is None:
        raise Conflict("Documents of this type need no verification.", code="needs_no_verification")
    document.verification = verdict
    document.verified_by_id, document.verified_at = scope.user_id(), clock.now()
    event_service.record(f"candidate_document.{verdict}", document)
    return document


def tenants_with_expiring() -> list[str]:
    """Return the ids (as text) of the tenants with documents that expire soon; in the platform's scope."""
    return active_tenants.having(CandidateDocument, _expires_soon())


@use_case
def notify_of_expiry() -> int:
    """Notify the owners of candidates whose documents expire within 30 days, once each; return their number."""
    columns = sa.select(CandidateDocument, Candidate.owner_id).join(
        Candidate,
        sa.and_(Candidate.tenant_id == CandidateDocument.tenant_id, Candidate.id == CandidateDocument.candidate_id),
    )
    # Without an owner nobody would hear of it; a later one does.
    owned = columns.where(_expires_soon(), Candidate.owner_id.is_not(None))
    found = db.session.execute(owned.with_for_update(of=CandidateDocument)).all()
    owners = {user.id: user for user in active_users.among([owner for _, owner in found if owner])}
    notices = []
    for document, owner_id in found:
        document.expiry_notified_at = clock.now()
        if owner_id in owners:
            link = {"link": f"{addresses.app}/candidates/{document.candidate_id}"}
            key = f"document_expires:{document.id}:{document.expires_on}"
            about = About(document, document.candidate_id)
            notices.append(Notice(owners[owner_id], NotificationKind.DOCUMENT_EXPIRES, key, link, about))
    notification_service.notify_all(notices)
    return len(found)


def _expires_soon() -> sa.ColumnElement[bool]:
    soon = clock.now().date() + EXPIRES_SOON
    return sa.and_(
        CandidateDocument.expires_on <= soon,
        CandidateDocument.expiry_notified_at.is_(None),
        CandidateDocument.candidate_id.is_not(None),
    )


@use_case
def link(document_id: UUID) -> FileLink:
    """Return a signed URL of the file, valid for five minutes, and record who requested it.

    Conflict if the file is infected or has not been scanned yet.
    """
    document = get(document_id)
    check_safe(document)
    event_service.record("candidate_document.read", document)  # the URL itself works without signing in
    return file_links.make(KIND, document.id)


@file_links.opens(KIND)
def download(document_id: UUID) -> Download:
    """Open the file of a document."""
    document = get(document_id)
    return Download(file_store.open(document.storage_key), document.filename, document.media_type, document.size)


@use_case
def thumbnail_link(document_id: UUID) -> FileLink:
    """Return a signed URL of the thumbnail; NotFound if the file type has none, Conflict if it is in quarantine."""
    document = get(document_id)
    check_safe(document)
    if document.media_type not in document_thumbnail.KINDS:
        raise NotFound("This file type has no thumbnail.", code="no_thumbnail")
    return file_links.make(THUMBNAIL, document.id)


@file_links.opens(THUMBNAIL)
def thumbnail(document_id: UUID) -> Download:
    """Draw the first page as a PNG; NotFound if that fails."""
    document = get(document_id)
    key, media_type = document.storage_key, document.media_type
    end_read()  # drawing is slow
    try:
        with file_store.on_disk(key) as path:
            picture = child_process.run(document_thumbnail.draw_file, str(path), media_type)
    except child_process.ChildFailed as failure:
        raise NotFound(f"There is no thumbnail: {failure.reason}.", code="no_thumbnail") from failure
    return Download(iter([picture]), f"{document_id}.png", file_types.PNG, len(picture))


def scan(document_id: UUID) -> str:
    """Scan a file in quarantine and return its new status; an infected file is deleted.

    Unavailable if the virus scanner does not respond.
    """
    document = get(document_id)
    # Two functions scan a file: the one of the quarantine, and the one that parses a resume. The first verdict counts.
    if document.scan_status != ScanStatus.PENDING:
        return document.scan_status
    key = document.storage_key
    end_read()  # scanning is slow
    # Without a verdict, the function is retried, and the file stays in quarantine.
    return _judge(document_id, virus_scan.malware_in(file_store.open(key)))


@use_case
def _judge(document_id: UUID, found: str | None) -> str:
    document = rows.lock_row(CandidateDocument, document_id)
    document.scan_status = ScanStatus.CLEAN if found is None else ScanStatus.INFECTED
    # The row stays: the same bytes, uploaded again, lead to it and are not stored.
    if found is not None:
        event_service.record("candidate_document.infected", document, found=found)
        outbox_service.enqueue("file/deleted", storage_key=document.storage_key)
    return document.scan_status


def check_safe(document: CandidateDocument) -> None:
    """Conflict unless the file is known to be safe."""
    if document.scan_status not in SAFE:
        why = "has not been scanned for viruses yet" if document.scan_status == ScanStatus.PENDING else "is infected"
        raise Conflict(f"The file {why}.", code="in_quarantine", current_state=document.scan_status, allowed_actions=[])


@use_case
def delete(document_id: UUID) -> None:
    """Delete a document; Conflict if it is the file of a resume, which is deleted with the resume."""
    document = rows.get(CandidateDocument, document_id)
    if db.session.scalar(sa.select(CandidateResume.id).where(CandidateResume.document_id == document_id)):
        raise Conflict("This file belongs to a resume. Delete the resume instead.", code="file_of_resume")
    remove(document)


@use_case
def remove_unclaimed(document_id: UUID) -> None:
    """Delete a document that no user uploaded and no candidate or resume has."""
    # FOR UPDATE, so that no concurrent request can make a resume of the file before it is deleted.
    document = db.session.get(CandidateDocument, document_id, with_for_update=True)
    if document is None or document.candidate_id is not None or document.uploaded_by_id is not None:
        return
    if not rows.is_referenced(CandidateResume.document_id, document):
        remove(document)


def remove(document: CandidateDocument) -> None:
    """Delete the row now and the file by a function, so that no crash leaves it behind. Inside a use case."""
    quota.release("storage_bytes", document.size)
    event_service.record("candidate_document.deleted", document)
    outbox_service.enqueue("file/deleted", storage_key=document.storage_key)
    db.session.delete(document)


def delete_bytes(storage_key: str) -> None:
    """Delete a file of the bound tenant whose row is deleted."""
    if storage_key.startswith(f"{scope.tenant_id()}/"):  # the key comes from an event: no other tenant's files
        file_store.delete(storage_key)


@use_case
def _store(
    document_id: UUID, stored: StoredFile, media_type: str, filename: str, candidate_id: UUID | None
) -> CandidateDocument:
    with scope.unrestricted("the same bytes are kept once per tenant"):
        return _store_once(document_id, stored, media_type, filename, candidate_id)


def _check_visible(document_id: UUID) -> None:
    """Conflict if the document is not visible to the caller."""
    if db.session.scalar(sa.select(CandidateDocument.id).where(CandidateDocument.id == document_id)) is None:
        raise Conflict("The tenant already has this file.", code="duplicate_document")


def _store_once(
    document_id: UUID, stored: StoredFile, media_type: str, filename: str, candidate_id: UUID | None
) -> CandidateDocument:
    same = sa.select(CandidateDocument).where(CandidateDocument.sha256 == stored.sha256)
    if (existing := db.session.scalars(same).one_or_none()) is not None:
        return existing
    if stored.size == 0:  # known only after the stream was read
        raise Invalid("The file is empty.", code="empty_file")
    actor = scope.actor()
    row = rows.new_row(
        id=document_id,
        candidate_id=candidate_id,
        uploaded_by_id=actor.id if actor.kind == "user" else None,
        filename=filenames.safe(filename, media_type),
        media_type=media_type,
        size=stored.size,
        sha256=stored.sha256,
        storage_key=stored.key,
        scan_status=ScanStatus.PENDING if virus_scanner.configured else ScanStatus.NOT_ASKED,
    )
    # Concurrent uploads of the same bytes both find no document above; the unique key on the digest decides.
    db.session.execute(upsert.insert(CandidateDocument.__table__).values(row).on_conflict_do_nothing())
    document = db.session.scalars(same).one()
    if document.id == document_id:  # otherwise another request with the same file was faster
        quota.consume("storage_bytes", stored.size)
        event_service.record("candidate_document.created", document, size=stored.size, media_type=media_type)
        if document.scan_status == ScanStatus.PENDING:
            outbox_service.enqueue("candidate_document/quarantined", document_id=document.id)
    return document
