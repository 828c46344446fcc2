"""What candidates see of themselves on the portal, and what they send and change there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import (
    Application,
    Candidate,
    CandidateConsent,
    CandidateDocument,
    Interview,
    Job,
    JobStage,
    StageHistoryEntry,
    Tenant,
)
from app.models.application import ApplicationStatus
from app.models.candidate_consent import ConsentPurpose, ConsentSource
from app.models.interview import InterviewStatus
from app.schemas.candidate_consent_schema import CandidateConsentCreate
from app.schemas.careers_schema import ApplicantView
from app.schemas.common import FileLink
from app.schemas.lists import Page
from app.schemas.portal_schema import (
    ConsentChange,
    PortalApplication,
    PortalConsent,
    PortalContact,
    PortalDocument,
    PortalInterview,
    PortalProfile,
    PortalView,
)
from app.services.candidates import (
    candidate_consent_service,
    candidate_correction_service,
    candidate_document_service,
    candidate_service,
)
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.files import file_links
from app.services.privacy import privacy_request_service
from app.services.settings import tenant_settings_service
from app.utils import clock, filenames, ids, scope
from app.utils.errors import Conflict, LimitReached, NotFound
from app.utils.file_store import Download, Upload

KIND = "portal-document"
MAX_DOCUMENTS = 50  # that a candidate can send
# What a candidate is asked about; the other purposes are recorded by users.
ASKED = (ConsentPurpose.RECRUITING, ConsentPurpose.TALENT_POOL)


def view(candidate_id: UUID) -> PortalView:
    """Return everything on the page of the portal."""
    return PortalView(
        **profile(candidate_id).model_dump(),
        applications=applications(candidate_id).data,
        interviews=interviews(candidate_id).data,
        documents=documents(candidate_id).data,
        corrections=candidate_correction_service.own(candidate_id).data,
        consents=consents(candidate_id).data,
        privacy_requests=privacy_request_service.own(candidate_id).data,
    )


def profile(candidate_id: UUID) -> PortalProfile:
    """Return what the company knows of a candidate."""
    candidate = candidate_service.get(candidate_id)
    tenant = rows.get(Tenant, scope.tenant_id())
    known = ("name", "headline", "location", "skills")
    return PortalProfile(
        **tenant_settings_service.imprint(tenant),
        company=tenant.name,
        time_zone=tenant.time_zone,
        candidate_id=candidate.id,
        language=candidate.preferred_language,
        contacts=[PortalContact(kind=each.kind, value=each.raw) for each in candidate.contacts],
        **{name: getattr(candidate, name) for name in known},
    )


def applications(candidate_id: UUID) -> Page[PortalApplication]:
    """Return the applications of a candidate, newest first. A transferred one is left out: it goes on as another."""
    statement = (
        sa.select(
            *(Application.id, Application.status, Application.applied_at, Application.withdrawn_at),
            *(Job.title.label("job_title"), JobStage.public_name),
            _was_rejected_lately().label("is_untold"),
        )
        .join(Job, sa.and_(Job.tenant_id == Application.tenant_id, Job.id == Application.job_id))
        .join(JobStage, sa.and_(JobStage.tenant_id == Application.tenant_id, JobStage.id == Application.stage_id))
        .where(Application.candidate_id == candidate_id, Application.status != ApplicationStatus.TRANSFERRED)
        .order_by(Application.applied_at.desc(), Application.id.desc())
    )
    return listing.single_page(_application(row) for row in db.session.execute(statement))


def interviews(candidate_id: UUID) -> Page[PortalInterview]:
    """Return the interviews that a candidate was invited to, the next ones first."""
    known = (InterviewStatus.SCHEDULED, InterviewStatus.AWAITING_FEEDBACK, InterviewStatus.COMPLETE)
    names = "id kind status starts_at ends_at zone location meeting_url".split()
    statement = (
        sa.select(*(getattr(Interview, name) for name in names), Job.title.label("job_title"))
        .join(
            Application,
            sa.and_(Application.tenant_id == Interview.tenant_id, Application.id == Interview.application_id),
        )
        .join(Job, sa.and_(Job.tenant_id == Application.tenant_id, Job.id == Application.job_id))
        .where(Interview.candidate_id == candidate_id, Interview.invites_candidate, Interview.status.in_(known))
        .order_by(Interview.starts_at.desc(), Interview.id)
    )
    return listing.single_page(_interview(row) for row in db.session.execute(statement))


def documents(candidate_id: UUID) -> Page[PortalDocument]:
    """Return the files that a candidate sent, newest first; not those that users added."""
    found = db.session.scalars(_own_documents(candidate_id).order_by(CandidateDocument.id.desc()))
    return listing.single_page(PortalDocument.model_validate(each) for each in found)


def upload(candidate_id: UUID, file: Upload) -> PortalDocument:
    """Store a file of a candidate; Conflict if it cannot be accepted, which does not say why."""
    count = sa.select(sa.func.count()).select_from(_own_documents(candidate_id).subquery())
    if (db.session.scalar(count) or 0) >= MAX_DOCUMENTS:
        raise Conflict(f"You can send {MAX_DOCUMENTS} files at most.", code="too_many_files")
    try:
        document = _store(candidate_id, file)
    except (Conflict, LimitReached) as error:  # somebody else may have the same file, which is nobody's business here
        raise Conflict("This file cannot be accepted.", code="no_room") from error
    if not document.is_from_candidate:  # a user added the same file, under a name of their own
        own_name = filenames.safe(file.filename, document.media_type)
        return PortalDocument.model_validate({**rows.columns_of(document), "filename": own_name})
    return PortalDocument.model_validate(document)


def _store(candidate_id: UUID, file: Upload) -> CandidateDocument:
    document_id = ids.new_id()
    document = candidate_document_service.upload(candidate_id, file, document_id)
    # Another one is the same file, which a user added.
    return _mark(document.id) if document.id == document_id else document


@use_case
def _mark(document_id: UUID) -> CandidateDocument:
    document = rows.lock_row(CandidateDocument, document_id)
    document.is_from_candidate = True
    return document


def document_link(candidate_id: UUID, document_id: UUID) -> FileLink:
    """Return a signed URL of a file that the candidate sent; Conflict while it is in quarantine."""
    document = _own_document(candidate_id, document_id)
    candidate_document_service.check_safe(document)
    return file_links.make(KIND, document.id)


@file_links.opens(KIND)
def download(document_id: UUID) -> Download:
    """Open a file that a candidate sent."""
    return candidate_document_service.download(document_id)


def consents(candidate_id: UUID) -> Page[PortalConsent]:
    """Return whether the candidate agrees to each purpose."""
    statement = sa.select(CandidateConsent).where(
        CandidateConsent.candidate_id == candidate_id, candidate_consent_service.valid()
    )
    given = {consent.purpose: consent for consent in db.session.scalars(statement.order_by(CandidateConsent.id))}
    return listing.single_page(
        PortalConsent(
            purpose=purpose,
            is_given=purpose in given,
            expires_at=given[purpose].expires_at if purpose in given else None,
        )
        for purpose in dict.fromkeys((*ASKED, *given))
    )


@use_case
def change_consent(candidate_id: UUID, change: ConsentChange) -> Page[PortalConsent]:
    """Give or withdraw the consent to a purpose; idempotent."""
    rows.lock_row(Candidate, candidate_id)  # one change at a time
    valid = sa.select(CandidateConsent.id).where(
        CandidateConsent.candidate_id == candidate_id,
        CandidateConsent.purpose == change.purpose,
        candidate_consent_service.valid(),
    )
    known = db.session.scalars(valid).all()
    if change.is_given and not known:
        candidate_consent_service.give(
            CandidateConsentCreate(
                candidate_id=candidate_id,
                purpose=change.purpose,
                source=ConsentSource.FORM,
                evidence="Given by the candidate on the portal",
                given_at=clock.now(),
            )
        )
    for consent_id in () if change.is_given else known:
        candidate_consent_service.withdraw(consent_id)
    db.session.flush()
    return consents(candidate_id)


def _own_documents(candidate_id: UUID) -> sa.Select[Any]:
    return sa.select(CandidateDocument).where(
        CandidateDocument.candidate_id == candidate_id, CandidateDocument.is_from_candidate
    )


def _own_document(candidate_id: UUID, document_id: UUID) -> CandidateDocument:
    own = _own_documents(candidate_id).where(CandidateDocument.id == document_id)
    document: CandidateDocument | None = db.session.scalars(own).one_or_none()
    if document is None:
        raise NotFound("There is no such document.")
    return document


def _was_rejected_lately() -> sa.ColumnElement[bool]:
    """Whether an application was rejected so lately that the candidate is not mailed yet."""
    waits = timedelta(hours=tenant_settings_service.current().rejection_delay_hours)
    return sa.exists().where(
        StageHistoryEntry.tenant_id == Application.tenant_id,
        StageHistoryEntry.application_id == Application.id,
        StageHistoryEntry.left_at.is_(None),
        StageHistoryEntry.status == ApplicationStatus.REJECTED,
        StageHistoryEntry.entered_at > clock.now() - waits,
    )


def _application(row: Any) -> PortalApplication:
    is_untold = row.is_untold and row.withdrawn_at is None
    status = ApplicantView.ENDED
    if row.status == ApplicationStatus.ACTIVE or is_untold:
        status = ApplicantView.ACTIVE
    elif row.status == ApplicationStatus.HIRED:
        status = ApplicantView.HIRED
    stage = row.public_name if status is ApplicantView.ACTIVE else None
    return PortalApplication(id=row.id, job_title=row.job_title, status=status, stage=stage, applied_at=row.applied_at)


def _interview(row: Any) -> PortalInterview:
    # Whether scorecards are awaited is not for candidates.
    is_over = row.status == InterviewStatus.AWAITING_FEEDBACK
    status = InterviewStatus.COMPLETE if is_over else row.status
    return PortalInterview.model_validate({**row._mapping, "status": status})
