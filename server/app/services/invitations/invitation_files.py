"""Files of invitations: kept apart until the approval makes them documents of the candidate."""

from __future__ import annotations

from typing import cast
from uuid import UUID

import sqlalchemy as sa
import structlog

from app.extensions import db
from app.models import CandidateDocument, CandidateInvitation, DocumentType, InvitationFile
from app.models.candidate_document import Verification
from app.models.candidate_resume import ResumeTrust
from app.schemas.candidate_invitation_schema import InvitationFileForm, InvitationFileOut
from app.schemas.common import FileLink
from app.services.candidates import candidate_document_service, document_type_service
from app.services.core import rows
from app.services.core.transaction import use_case
from app.services.events import event_service, outbox_service, quota
from app.services.files import file_links, invitation_file_rows, virus_scan
from app.services.resumes import candidate_resume_service
from app.services.resumes.resume_parser import PARSABLE
from app.utils import clock, file_types, filenames, ids, scope
from app.utils.digest import chunks_of
from app.utils.errors import Conflict, Invalid, NotFound, UnsupportedMedia
from app.utils.file_store import Download, StoredFile, Upload, file_store
from app.utils.virus_scanner import virus_scanner

KIND = "invitation-file"
MAX_FILES = 20
log = structlog.get_logger()


def listed(invitation_id: UUID) -> list[InvitationFileOut]:
    """Return the files of an invitation that the caller sees, in their order."""
    return [InvitationFileOut.model_validate(each) for each in db.session.scalars(_statement(invitation_id))]


@use_case
def link(invitation_id: UUID, file_id: UUID) -> FileLink:
    """Return a signed URL of a file, valid for five minutes, and record who requested it."""
    invitation = rows.get(CandidateInvitation, invitation_id)
    file = _of(invitation_id, file_id)
    event_service.record("candidate_invitation.file_read", invitation, file_id=file.id)
    return file_links.make(KIND, file.id)


@file_links.opens(KIND)
def download(file_id: UUID) -> Download:
    """Open a file of an invitation that the caller sees."""
    file = rows.get(InvitationFile, file_id)
    rows.get(CandidateInvitation, file.invitation_id)
    return Download(file_store.open(file.storage_key), file.filename, file.media_type, file.size)


def store(file: Upload) -> tuple[StoredFile, str]:
    """Store an uploaded file and return it with its media type; the caller deletes it if it is not needed.

    UnsupportedMedia if the type is not supported, Invalid if the file is empty or infected, Unavailable without a
    verdict of the virus scanner.
    """
    if file.stream.seek(0, 2) == 0:
        wrong = {"pointer": "/file", "code": "empty_file", "detail": "must not be empty"}
        raise Invalid("The file is empty.", code="empty_file", errors=[wrong])
    media_type = file_types.sniff(file.stream)
    if media_type is None:
        raise UnsupportedMedia("This file type is not supported.", code="unsupported_file")
    _check_safe(file)
    file.stream.seek(0)
    return file_store.save(f"{scope.tenant_id()}/{ids.new_id()}", file.stream), media_type


def add(
    invitation: CandidateInvitation, form: InvitationFileForm, stored: StoredFile, media_type: str, filename: str
) -> InvitationFile:
    """Add a stored file to a locked invitation; the same file again replaces what it is said to be."""
    kind = rows.get(DocumentType, form.document_type_id) if form.document_type_id else None
    document_type_service.check_expiry(kind, form.expires_on)
    if form.expires_on is not None and form.expires_on < clock.now().date():
        wrong = {"pointer": "/expires_on", "code": "expired", "detail": "must not be in the past"}
        raise Invalid("This document has expired.", code="expired_document", errors=[wrong])
    if kind is None and media_type not in PARSABLE:
        raise UnsupportedMedia("This file type is not supported for a resume.", code="unsupported_file")
    present = db.session.scalars(_statement(invitation.id)).all()
    said = {"document_type_id": form.document_type_id, "expires_on": form.expires_on}
    for file in present:
        if file.sha256 == stored.sha256:
            rows.apply_changes(file, said)
            outbox_service.enqueue("file/deleted", storage_key=stored.key)
            return file
    if len(present) >= MAX_FILES:
        raise Conflict(f"There can be {MAX_FILES} files at most.", code="too_many_files")
    added = InvitationFile(
        invitation_id=invitation.id,
        filename=filenames.safe(filename, media_type),
        media_type=media_type,
        size=stored.size,
        sha256=stored.sha256,
        storage_key=stored.key,
        **said,
    )
    db.session.add(added)
    quota.consume("storage_bytes", stored.size)
    event_service.record("candidate_invitation.file_added", invitation, size=stored.size, media_type=media_type)
    db.session.flush()
    return added


def remove(invitation_id: UUID, file_id: UUID) -> None:
    """Delete a file; NotFound if it is of another invitation. Inside a use case."""
    invitation_file_rows.remove(_of(invitation_id, file_id))


def remove_all(invitation_id: UUID) -> None:
    """Delete the files of an invitation. Inside a use case."""
    invitation_file_rows.remove_of(CandidateInvitation.id == invitation_id)


def hand_over(invitation_id: UUID) -> int:
    """Make the files of an approved invitation documents and resumes of the candidate; return their number.

    Safe to repeat: a file stops being one of the invitation in the transaction that makes it a document. One that
    another candidate has stays with the invitation.
    """
    invitation = db.session.get(CandidateInvitation, invitation_id)
    if invitation is None or invitation.candidate_id is None:  # erased meanwhile
        return 0
    files = db.session.scalars(_statement(invitation_id).with_only_columns(InvitationFile.id)).all()
    return sum(_hand_over(file_id, invitation.candidate_id) for file_id in files)


@use_case
def _hand_over(file_id: UUID, candidate_id: UUID) -> bool:
    file = db.session.get(InvitationFile, file_id, with_for_update=True)
    if file is None:  # a repeated attempt
        return False
    stored = StoredFile(file.storage_key, file.size, file.sha256)
    is_resume = file.document_type_id is None
    # The bytes stay where they are: nothing is copied, and the plan counts them once.
    document = candidate_document_service.adopt(
        stored, file.media_type, file.filename, None if is_resume else candidate_id
    )
    if document.candidate_id not in (None, candidate_id):
        log.info("a file of an invitation is another candidate's document")
        return False
    if is_resume and candidate_resume_service.receive(document.id, candidate_id, ResumeTrust.FULL) is None:
        return False  # a resume that waits for its candidate; a user has approved this one, but not that
    if not is_resume:
        _set_type(document.id, candidate_id, file)
    document.is_from_candidate = True
    if document.storage_key == file.storage_key:
        invitation_file_rows.forget(file)
    else:
        invitation_file_rows.remove(file)
    return True


def _set_type(document_id: UUID, candidate_id: UUID, file: InvitationFile) -> None:
    document = rows.lock_row(CandidateDocument, document_id)
    kind = rows.get(DocumentType, cast(UUID, file.document_type_id))
    document.document_type_id, document.expires_on = kind.id, file.expires_on
    document.verification = Verification.PENDING if kind.needs_verification else None
    event_service.record("candidate_document.updated", document, changed=["document_type_id", "expires_on"])


def _statement(invitation_id: UUID) -> sa.Select[InvitationFile]:
    own = InvitationFile.invitation_id == invitation_id
    return sa.select(InvitationFile).where(own).order_by(InvitationFile.id)


def _of(invitation_id: UUID, file_id: UUID) -> InvitationFile:
    file = rows.get(InvitationFile, file_id)
    if file.invitation_id != invitation_id:
        raise NotFound("There is no such file.")
    return file


def _check_safe(file: Upload) -> None:
    if not virus_scanner.configured:
        return
    if virus_scan.malware_in(chunks_of(file.stream)) is not None:
        raise Invalid("The file is infected.", code="infected_file")
