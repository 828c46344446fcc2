"""Resumes: stored first, parsed afterwards, and attached to the candidate whose contact points they contain."""

from __future__ import annotations

import io
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, undefer

from app.extensions import db
from app.models import Candidate, CandidateDocument, CandidateResume
from app.models.candidate import Provenance
from app.models.candidate_document import ScanStatus
from app.models.candidate_resume import ResumeStatus, ResumeTrust
from app.schemas.candidate_resume_schema import CandidateResumeDetail, CandidateResumeQuery, CandidateResumeUpdate
from app.schemas.lists import Page
from app.schemas.parsed_resume_schema import ParsedResume
from app.services.candidates import (
    candidate_contact_service,
    candidate_document_service,
    candidate_service,
    contact_bearers,
    person_names,
)
from app.services.core import listing, rows, upsert
from app.services.core.child_process import ChildFailed
from app.services.core.transaction import end_read, use_case
from app.services.events import event_service, outbox_service
from app.services.resumes import (
    json_resume_facts,
    llm_resume_reader,
    resume_embedding,
    resume_profile,
    resume_redaction,
)
from app.services.resumes.resume_parser import PARSABLE, parse_file_in_child
from app.utils import clock, file_types, ids
from app.utils.errors import Conflict, Invalid, LimitReached, NotFound
from app.utils.file_store import Upload, file_store

TRUSTED = CandidateResume.trust != ResumeTrust.NOTHING  # the others came by public forms and wait for confirm()


def get(resume_id: UUID) -> CandidateResume:
    """Return a resume with its text and facts."""
    details = (undefer(CandidateResume.text), undefer(CandidateResume.parsed))
    return rows.get(CandidateResume, resume_id, joinedload(CandidateResume.document), *details)


@use_case
def read(resume_id: UUID) -> CandidateResumeDetail:
    """Return a resume as the actor may see it; if it has a text, the access is recorded in the audit trail."""
    resume = get(resume_id)
    if resume.text is not None:
        event_service.record("candidate_resume.read", resume)
    return resume_redaction.shown(resume)


def list_resumes(query: CandidateResumeQuery) -> Page[CandidateResume]:
    """Return resumes, filtered, without their texts."""
    statement = sa.select(CandidateResume).options(joinedload(CandidateResume.document))
    return listing.paginate(statement, CandidateResume, query)


def upload(file: Upload, candidate_id: UUID | None = None) -> CandidateResume:
    """Store a file and enqueue its parsing; if the file is already stored, return its resume."""
    if candidate_id is not None:
        rows.get(Candidate, candidate_id)  # NotFound before anything is stored
    document = candidate_document_service.store(file, candidate_id, PARSABLE)
    return _store(document.id, candidate_id)


def store_facts(data: bytes, filename: str, candidate_id: UUID) -> CandidateResume:
    """Store facts that need no parser (`json_resume_facts`) as a resume of a candidate."""
    file = Upload(io.BytesIO(data), filename)
    document = candidate_document_service.store(file, candidate_id, known=file_types.JSON)
    return _store(document.id, candidate_id)


@use_case
def update(resume_id: UUID, changes: CandidateResumeUpdate) -> CandidateResume:
    """Attach a resume to a candidate, or make it the primary one."""
    resume = _lock(resume_id)
    if changes.candidate_id is not None:
        _attach(resume, rows.get(Candidate, changes.candidate_id))
    if changes.is_primary is False:
        raise Invalid("A candidate needs a primary resume. Make another resume primary instead.", code="primary_needed")
    if changes.is_primary:
        _make_primary(resume)
    if resume.candidate_id is not None:
        candidate_service.profile_changed(rows.get(Candidate, resume.candidate_id))
    event_service.record("candidate_resume.updated", resume, candidate_id=resume.candidate_id)
    return get(resume_id)


@dataclass(frozen=True, slots=True)
class StoredApart:
    """A document without a candidate; `is_new` if this request stored it."""

    id: UUID
    is_new: bool  # only a file that this request brought may be removed if the application fails


def store_apart(file: Upload) -> StoredApart:
    """Store the file of a public form before its candidate is known, outside any transaction because it is slow."""
    end_read()
    file.stream.seek(0)  # a repeated attempt stores the same stream again
    document_id = ids.new_id()
    kept = candidate_document_service.store(file, None, PARSABLE, document_id=document_id)
    return StoredApart(kept.id, is_new=kept.id == document_id)


def receive(document_id: UUID, candidate_id: UUID, trust: ResumeTrust) -> CandidateResume | None:
    """Store a file of a public form as a resume, or return None if someone else has the file; inside a use case."""
    document = rows.get(CandidateDocument, document_id)
    own = sa.select(CandidateResume.candidate_id).where(CandidateResume.document_id == document_id)
    kept = db.session.execute(own).first()  # a row, since its candidate_id may be NULL
    # A resume that waits unattached counts as someone else's: whoever sends the same bytes must not get it.
    if document.candidate_id not in (None, candidate_id) or (kept is not None and kept.candidate_id != candidate_id):
        return None
    return _store(document_id, candidate_id, trust)


@use_case
def confirm(resume_id: UUID) -> CandidateResume:
    """Trust a resume from outside: propose its facts, and make it primary if no other is."""
    resume = _lock(resume_id)
    if resume.trust is ResumeTrust.FULL:
        raise Conflict("The resume has already been confirmed.", code="already_confirmed")
    if resume.candidate_id is None:
        raise Conflict("Attach the resume to a candidate first.", code="not_attached")
    resume.trust = ResumeTrust.FULL
    candidate = rows.lock_for_update(Candidate, resume.candidate_id)
    if (parsed := get(resume_id).parsed) is not None:
        _enrich(candidate, ParsedResume.model_validate(parsed), resume.trust)
    db.session.flush()
    settle_primary(candidate.id)
    candidate_service.profile_changed(candidate)
    event_service.record("candidate_resume.confirmed", resume, candidate_id=candidate.id)
    return get(resume_id)


@use_case
def parse_again(resume_id: UUID) -> CandidateResume:
    """Enqueue another parsing."""
    resume = _lock(resume_id)
    if resume.status in (ResumeStatus.PENDING, ResumeStatus.PARSING):
        raise Conflict("The resume is being parsed.", code="parsing", current_state=resume.status, allowed_actions=[])
    resume.status, resume.failure_reason = ResumeStatus.PENDING, None
    outbox_service.enqueue("candidate_resume/uploaded", resume_id=resume.id)
    event_service.record("candidate_resume.parse_requested", resume)
    return get(resume_id)


@use_case
def delete(resume_id: UUID) -> None:
    """Delete a resume with its file; the newest other one becomes primary. Conflict if it is the last trusted one."""
    resume = _lock(resume_id)
    if resume.candidate_id is not None:
        own = CandidateResume.candidate_id == resume.candidate_id
        # Unconfirmed resumes do not count: they cannot replace the last one, and can always be deleted.
        others = sa.select(CandidateResume.id).where(own, CandidateResume.id != resume.id, TRUSTED)
        if resume.trust is not ResumeTrust.NOTHING and db.session.scalar(others.limit(1)) is None:
            raise Conflict("The last resume of a candidate cannot be deleted.", code="last_resume")
    event_service.record("candidate_resume.deleted", resume)
    document = rows.get(CandidateDocument, resume.document_id)
    db.session.delete(resume)
    db.session.flush()  # the file can be removed once no resume refers to it
    candidate_document_service.remove(document)
    if resume.candidate_id is not None:
        settle_primary(resume.candidate_id)
        candidate_service.profile_changed(rows.get(Candidate, resume.candidate_id))


@use_case
def begin_parsing(resume_id: UUID) -> bool:
    """Mark a resume as being parsed; return False if it no longer exists."""
    resume = db.session.get(CandidateResume, resume_id, with_for_update=True)
    if resume is None:
        return False
    resume.status = ResumeStatus.PARSING
    return True


def parse(resume_id: UUID) -> str:
    """Parse the stored file in a child process, store the result, and return the resume's new status."""
    document = rows.get(CandidateResume, resume_id, joinedload(CandidateResume.document)).document
    if candidate_document_service.scan(document.id) == ScanStatus.INFECTED:
        fail_parsing(resume_id, "the file is infected")
        return ResumeStatus.FAILED
    end_read()  # parsing is slow
    try:
        text, parsed = _facts(document.storage_key, document.media_type)
    except ChildFailed as failure:  # the file's fault; any other error is raised, and the run retried
        fail_parsing(resume_id, failure.reason)
        return ResumeStatus.FAILED
    vector = resume_embedding.of_resume(text, parsed)
    try:
        return _store_parsed(resume_id, text, parsed, vector)
    except LimitReached:
        fail_parsing(resume_id, "the plan does not allow any more candidates", text)  # the rollback undid the text, too
        return ResumeStatus.FAILED


def parse_stored(resume_id: UUID) -> str:
    """Parse the resume, or return "gone" if it has been deleted, even while it was parsed."""
    try:
        return parse(resume_id)
    except NotFound:
        return "gone"


def _facts(key: str, media_type: str) -> tuple[str, ParsedResume]:
    """Return text and facts: stored ones as they are, else those found by the parser and a language model."""
    if media_type == file_types.JSON:  # only files that we wrote have this type
        return json_resume_facts.read(b"".join(file_store.open(key)))
    with file_store.on_disk(key) as path:  # only the child holds the file in memory
        text, parsed = parse_file_in_child(path, media_type)
    return text, llm_resume_reader.improve(text, parsed)


@use_case
def fail_parsing(resume_id: UUID, reason: str, text: str | None = None) -> None:
    """Record why the parsing failed; the file remains."""
    resume = _lock(resume_id)
    resume.status, resume.failure_reason = ResumeStatus.FAILED, reason[:200]  # the length of the column
    if text is not None:
        resume.text = text
    event_service.record("candidate_resume.failed", resume)


@use_case
def _store(document_id: UUID, candidate_id: UUID | None, trust: ResumeTrust = ResumeTrust.FULL) -> CandidateResume:
    existing = sa.select(CandidateResume).where(CandidateResume.document_id == document_id)
    resume = db.session.scalars(existing.options(joinedload(CandidateResume.document))).one_or_none()
    if resume is not None:
        if candidate_id is not None and resume.candidate_id not in (None, candidate_id):
            raise Conflict("Another candidate already has this resume.", code="duplicate_document")
        if candidate_id is not None and resume.candidate_id is None:
            candidate = rows.get(Candidate, candidate_id)
            _attach(resume, candidate)
            candidate_service.profile_changed(candidate)  # the resume may have been parsed already
        return resume
    # Past the ORM: of two uploads of the same bytes, one inserts and the other finds its row, without an error.
    row = rows.new_row(document_id=document_id, status=ResumeStatus.PENDING, is_primary=False, trust=trust)
    db.session.execute(upsert.insert(CandidateResume.__table__).values(row).on_conflict_do_nothing())
    resume = db.session.scalars(existing.options(joinedload(CandidateResume.document))).one()
    if resume.id != row["id"]:  # another request with the same bytes was faster
        return resume
    if candidate_id is not None:
        _attach(resume, rows.get(Candidate, candidate_id))
    outbox_service.enqueue("candidate_resume/uploaded", resume_id=resume.id)
    event_service.record("candidate_resume.created", resume, document_id=document_id)
    db.session.flush()
    return db.session.scalars(existing.options(joinedload(CandidateResume.document))).one()


@use_case
def _store_parsed(resume_id: UUID, text: str, parsed: ParsedResume, vector: bytes | None) -> str:
    """Store the result, and propose it to the candidate whom the contact points identify, or to a new one."""
    resume = _lock(resume_id)
    read_before = resume_profile.name_in(resume.parsed)  # before the next line replaces it
    resume.text, resume.parsed = text, parsed.model_dump(mode="json")
    resume.embedding, resume.embedding_form = vector, resume_embedding.form()
    resume.parsed_at = clock.now()
    candidate = _find_candidate(resume, parsed, text)
    if candidate is None and parsed.name is None:
        resume.status, resume.failure_reason = ResumeStatus.FAILED, "no name was found; attach the resume manually"
        event_service.record("candidate_resume.failed", resume)
        return ResumeStatus.FAILED
    if candidate is None:
        profile = {**resume_profile.profile_of(parsed), "owner_id": _uploader(resume)}
        # Contact points that identify another candidate are shared with them (decision 0023).
        contacts = candidate_contact_service.settled(resume_profile.contacts_of(parsed))
        candidate = rows.get(Candidate, candidate_service.add(profile, contacts, Provenance.PARSER).id)
    elif resume.trust is not ResumeTrust.NOTHING:  # a public form must not change a known candidate
        _enrich(candidate, parsed, resume.trust, read_before)
    resume.status, resume.failure_reason = ResumeStatus.PARSED, None
    if resume.candidate_id is None:
        _attach(resume, candidate)
    candidate_service.profile_changed(candidate)
    event_service.record("candidate_resume.parsed", resume, candidate_id=candidate.id)
    return ResumeStatus.PARSED


def _uploader(resume: CandidateResume) -> UUID | None:
    """Return the user who uploaded the resume: the initial owner of the candidate."""
    uploaded_by = sa.select(CandidateDocument.uploaded_by_id).where(CandidateDocument.id == resume.document_id)
    return db.session.scalar(uploaded_by)  # None for API keys and public forms


def _find_candidate(resume: CandidateResume, parsed: ParsedResume, text: str) -> Candidate | None:
    """Lock and return the candidate: the one a user chose, or else one with a contact point and a compatible name."""
    of_file = sa.select(CandidateDocument.candidate_id).where(CandidateDocument.id == resume.document_id)
    # The file may be a document of a candidate already. A repeated run finds its first result here and adds no one.
    owner = resume.candidate_id or db.session.scalar(of_file)
    if owner is None:
        name = parsed.name.value if parsed.name else None
        owner = contact_bearers.find_person(resume_profile.contacts_of(parsed), name, text)
    return rows.lock_for_update(Candidate, owner) if owner else None


def _enrich(candidate: Candidate, parsed: ParsedResume, trust: ResumeTrust, read_before: str | None = None) -> None:
    """Propose the parsed facts; contact points are added only if the resume is fully trusted.

    A resume never replaces a name by that of another person, whoever attached it. Only a name that came from an earlier
    parsing of this resume (`read_before`) is replaced by a better reading.
    """
    profile = resume_profile.profile_of(parsed)
    if candidate.name != read_before and not person_names.says_as_much(profile["name"] or "", candidate.name):
        profile["name"] = None
    changed = candidate_service.propose(candidate, profile)
    if trust is ResumeTrust.FULL:
        contacts = candidate_contact_service.settled(resume_profile.contacts_of(parsed), candidate.id)
        candidate_contact_service.add_missing(candidate.id, contacts)
    event_service.record("candidate.updated", candidate, changed=changed, provenance=Provenance.PARSER.value)


def _attach(resume: CandidateResume, candidate: Candidate) -> None:
    """Attach the resume and its file to a candidate; the first trusted resume becomes primary."""
    if resume.candidate_id == candidate.id:
        return
    if resume.candidate_id is not None:
        raise Conflict("The resume belongs to another candidate.", code="already_attached")
    document = rows.get(CandidateDocument, resume.document_id)
    if document.candidate_id not in (None, candidate.id):
        raise Conflict("Another candidate already has this file.", code="duplicate_document")
    resume.candidate_id = document.candidate_id = candidate.id
    primary = sa.select(CandidateResume.id).where(
        CandidateResume.candidate_id == candidate.id, CandidateResume.is_primary
    )
    resume.is_primary = resume.trust is not ResumeTrust.NOTHING and db.session.scalar(primary) is None


def settle_primary(candidate_id: UUID) -> None:
    """Make the newest trusted resume primary if no resume is; inside a use case."""
    own = sa.select(CandidateResume).where(CandidateResume.candidate_id == candidate_id, TRUSTED)
    resumes = db.session.scalars(
        # Ids are in order of time. A merge changes rows past the ORM, so that loaded ones are out of date.
        own.order_by(CandidateResume.id.desc()).execution_options(populate_existing=True)
    ).all()
    if resumes and not any(resume.is_primary for resume in resumes):
        resumes[0].is_primary = True
        db.session.flush()


def _make_primary(resume: CandidateResume) -> None:
    if resume.candidate_id is None:
        raise Conflict("Attach the resume to a candidate first.", code="not_attached")
    if resume.trust is ResumeTrust.NOTHING:
        raise Conflict("The resume came from a public form. Confirm it first.", code="not_confirmed")
    # The others first: a unique index allows one primary resume per candidate.
    db.session.execute(
        sa.update(CandidateResume)
        .where(CandidateResume.candidate_id == resume.candidate_id, CandidateResume.id != resume.id)
        .values(is_primary=False)
    )
    resume.is_primary = True


def _lock(resume_id: UUID) -> CandidateResume:
    statement = sa.select(CandidateResume).where(CandidateResume.id == resume_id).with_for_update()
    # The session may have read the row before the lock.
    resume = db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    return resume or rows.get(CandidateResume, resume_id)  # raises NotFound
