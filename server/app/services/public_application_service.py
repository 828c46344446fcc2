"""Applications from the world: by the careers page, and withdrawn by the link in the mail.

Whatever is known of an applicant, the answer is the same: nobody learns from it who is a candidate here.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from app.extensions import db
from app.models import Application, CandidateNote, Job, Tenant
from app.models.application import APPLICATION_MACHINE, ApplicationStatus
from app.models.candidate import Provenance
from app.models.candidate_consent import ConsentPurpose, ConsentSource
from app.models.candidate_note import NoteVisibility
from app.models.job import JobStatus
from app.schemas.candidate_consent_schema import CandidateConsentCreate
from app.schemas.careers_schema import ApplicantForm, ApplicationReceived, PublicApplication
from app.services import (
    active_users,
    application_service,
    candidate_consent_service,
    candidate_contact_service,
    candidate_links,
    candidate_resume_service,
    candidate_service,
    careers_service,
    event_service,
    job_question_service,
    rows,
    state_engine,
    survey_question_service,
    tracking_link_service,
)
from app.services.candidate_links import Opened, Purpose
from app.services.transaction import use_case
from app.utils import clock
from app.utils.errors import Conflict, Gone, Invalid, LimitReached
from app.utils.file_store import Upload

SOURCE = "careers page"
TRIES = 3
log = structlog.get_logger()


def apply(slug: str, posting_id: UUID, form: ApplicantForm, file: Upload | None) -> ApplicationReceived:
    """Take an application; the same person again for the same job changes nothing but the newest resume."""
    with careers_service.visiting(slug):
        posting = careers_service.posting(posting_id)
        if form.website:
            log.info("an application by a machine was dropped")
            return ApplicationReceived(job_title=posting.title)
        if not form.consent:
            wrong = {"pointer": "/consent", "code": "missing", "detail": "is needed to apply"}
            raise Invalid("Without your consent we may not take the application.", code="consent", errors=[wrong])
        for attempt in range(TRIES):
            try:
                _apply(posting, form, file)
                break
            except LimitReached as error:
                raise Conflict("No applications can be taken just now.", code="not_taking_applications") from error
            except Conflict as error:  # the same person, or the same file, at the same moment
                if error.code != "duplicate" or attempt == TRIES - 1:
                    raise
        return ApplicationReceived(job_title=posting.title)


def view(token: str) -> PublicApplication:
    """What the link in the mail is about."""
    with candidate_links.opened(Purpose.WITHDRAWAL, token) as link:
        return _shown(rows.get(Application, link.row_id))


def withdraw(token: str) -> PublicApplication:
    """End one's own application; the second time changes nothing."""
    with candidate_links.opened(Purpose.WITHDRAWAL, token) as link:
        return _withdraw(link)


@use_case
def _apply(posting: Any, form: ApplicantForm, file: Upload | None) -> None:
    job = rows.hold(Job, posting.job_id)  # it cannot close meanwhile
    if job.status != JobStatus.OPEN:
        raise Gone("This job is not open any more.", code="job_closed")
    questions = job_question_service.asked(job.id)
    answers = job_question_service.read(questions, {each.question_id: each.value for each in form.answers})
    survey = survey_question_service.read(survey_question_service.asked(), form.survey)
    candidate_id = _candidate(job, form)
    _consent(candidate_id, form)
    if file is not None:
        _keep_resume(file, candidate_id)
    live = sa.and_(Application.job_id == job.id, Application.candidate_id == candidate_id)
    states = (ApplicationStatus.ACTIVE, ApplicationStatus.HIRED)
    if db.session.scalar(sa.select(Application.id).where(live, Application.status.in_(states))) is not None:
        return
    link = tracking_link_service.by_token(form.ref)
    application = application_service.receive(
        job, candidate_id, link.source if link else SOURCE, link.id if link else None
    )
    failed = job_question_service.keep(application, questions, answers)
    survey_question_service.keep(application, survey)
    if form.message:
        _keep_message(form.message, candidate_id)
    if failed:
        application.version += 1
        application.status_reason = f"Screening: {', '.join(failed)}"[:500]
        state_engine.take_by_itself(APPLICATION_MACHINE, application, "screen_out")


def _keep_message(text: str, candidate_id: UUID) -> None:
    note = CandidateNote(candidate_id=candidate_id, body=text, visibility=NoteVisibility.PUBLIC)
    db.session.add(note)
    db.session.flush()  # the event needs the id
    event_service.record("candidate_note.created", note, visibility=note.visibility)


def _candidate(job: Job, form: ApplicantForm) -> UUID:
    """Who has this address, or a new candidate; nothing that is known of somebody is changed from outside."""
    contacts = candidate_contact_service.normalise([form.email], [form.phone] if form.phone else [])
    if (known := candidate_contact_service.find_owner(contacts[:1])) is not None:
        return known
    taken = candidate_contact_service.taken(contacts)
    free = [contact for contact in contacts if (contact.kind, contact.value) not in taken]
    owners = active_users.among([job.owner_id] if job.owner_id else [])
    profile = {"name": form.name, "source": SOURCE, "owner_id": owners[0].id if owners else None}
    return candidate_service.add(profile, free, Provenance.FORM).id


def _consent(candidate_id: UUID, form: ApplicantForm) -> None:
    purposes = [ConsentPurpose.RECRUITING, *([ConsentPurpose.TALENT_POOL] if form.talent_pool_consent else [])]
    for purpose in purposes:
        candidate_consent_service.give(
            CandidateConsentCreate(
                candidate_id=candidate_id,
                purpose=purpose,
                source=ConsentSource.FORM,
                evidence="The form of the careers page",
                given_at=clock.now(),
            )
        )


def _keep_resume(file: Upload, candidate_id: UUID) -> None:
    """Keep the resume; a file that another candidate has is left there, and the applicant is not told."""
    try:
        candidate_resume_service.upload(file, candidate_id)
    except Conflict as error:
        if error.code != "duplicate_document":
            raise


@use_case
def _withdraw(link: Opened) -> PublicApplication:
    application = rows.hold(Application, link.row_id)
    if application.status == ApplicationStatus.ACTIVE:
        application.version += 1
        state_engine.take_by_itself(APPLICATION_MACHINE, application, "withdraw_by_candidate")
    return _shown(application)


def _shown(application: Application) -> PublicApplication:
    names = db.session.execute(
        sa.select(Tenant.name.label("company"), Job.title.label("job_title"))
        .select_from(Job)
        .join(Tenant, Tenant.id == Job.tenant_id)
        .where(Job.id == application.job_id)
    ).one()
    is_active = application.status == ApplicationStatus.ACTIVE
    return PublicApplication(company=names.company, job_title=names.job_title, is_active=is_active)
