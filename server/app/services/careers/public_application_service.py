"""Public applications: sent on the careers page, withdrawn by the link in the email.

The response is the same for known and unknown applicants, so that nobody learns who is a candidate. Anonymous input
never changes or identifies an existing candidate until a user confirms it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from app.extensions import db
from app.models import Application, Candidate, EmailMessage, Job, JobQuestion, StageHistoryEntry, Tenant, TenantCounter
from app.models.application import APPLICATION_MACHINE, LIVE, ApplicationStatus
from app.models.candidate import Provenance
from app.models.candidate_consent import ConsentPurpose, ConsentSource
from app.models.candidate_resume import ResumeTrust
from app.models.job import JobStatus
from app.schemas.candidate_consent_schema import CandidateConsentCreate
from app.schemas.careers_schema import (
    AnswerIn,
    ApplicantForm,
    ApplicantView,
    ApplicationReceived,
    PublicApplication,
    SurveyAnswerIn,
)
from app.services.access import active_users
from app.services.applications import (
    application_form_service,
    application_mails,
    application_service,
    screening_service,
    survey_question_service,
)
from app.services.candidates import (
    candidate_consent_service,
    candidate_contact_service,
    candidate_document_service,
    candidate_service,
    contact_bearers,
)
from app.services.careers import careers_service
from app.services.core import rows
from app.services.core.transaction import use_case
from app.services.jobs import job_question_service, tracking_link_service
from app.services.mail import candidate_links
from app.services.mail.candidate_links import Opened, Purpose
from app.services.resumes import candidate_resume_service
from app.services.resumes.resume_parser import PARSABLE
from app.services.settings import tenant_settings_service
from app.services.workflow import state_engine
from app.utils import clock, file_types, scope
from app.utils.errors import Conflict, Gone, Invalid, LimitReached, NotFound
from app.utils.file_store import Upload

SOURCE = "careers page"
TRIES = 3
AT_THE_SAME_MOMENT = ("duplicate", "duplicate_document")  # another request stored the person or the file first
SECONDS = 0.25  # minimum duration, so that the response time does not reveal known applicants
RECEIPTS_A_DAY = 5
MOST_TRANSFERS = 20  # bounds the statements of a public request
log = structlog.get_logger()


def apply(slug: str, posting_id: UUID, form: ApplicantForm, file: Upload | None) -> ApplicationReceived:
    """Store an application. If the person already has one for this job, only the form is added to it."""
    with clock.at_least(SECONDS), careers_service.visiting(slug):
        posting = careers_service.posting(posting_id)
        refusals = _refusals(posting, form.answers, form.survey, file, form.consent)
        if refusals:
            first = refusals[0]
            raise Invalid(first.detail, code=first.code, errors=[each for one in refusals for each in one.errors])
        try:
            check_room()
            _take(posting, form, file)
        except LimitReached as error:
            raise Conflict("Applications cannot be accepted at the moment.", code="not_taking_applications") from error
        return ApplicationReceived(job_title=posting.title)


def faults(
    slug: str,
    posting_id: UUID,
    answers: list[AnswerIn],
    survey: list[SurveyAnswerIn],
    file: Upload | None,
    has_consent: bool,
) -> list[dict[str, str]]:
    """Return what else is wrong with a form that cannot be validated as a whole."""
    with careers_service.visiting(slug):
        refusals = _refusals(careers_service.posting(posting_id), answers, survey, file, has_consent, is_wrong=True)
        return [each for one in refusals for each in one.errors]


def _refusals(
    posting: Any,
    answers: list[AnswerIn],
    survey: list[SurveyAnswerIn],
    file: Upload | None,
    has_consent: bool,
    is_wrong: bool = False,
) -> list[Invalid]:
    """Return everything that a form is refused for, at once; `is_wrong` if it is refused for something else, too."""
    found: list[Invalid] = []
    if not has_consent:
        wrong = {"pointer": "/consent", "code": "missing", "detail": "is required to apply"}
        found.append(Invalid("We cannot accept your application without your consent.", code="consent", errors=[wrong]))
    if file is None and tenant_settings_service.current().resume_required:
        wrong = {"pointer": "/file", "code": "missing", "detail": "is required to apply"}
        found.append(Invalid("A resume is required to apply.", code="resume_missing", errors=[wrong]))
    for check in (
        lambda: job_question_service.read(
            job_question_service.asked(posting.job_id), {each.question_id: each.value for each in answers}
        ),
        lambda: survey_question_service.read(survey_question_service.asked(), survey),
    ):
        try:
            check()
        except Invalid as error:
            found.append(error)
    if (found or is_wrong) and file is not None and not is_parsable(file):  # alone, it is refused when stored
        wrong = {"pointer": "/file", "code": "unsupported_file", "detail": "is not a file that can be read"}
        found.append(Invalid("This file type is not supported.", code="unsupported_file", errors=[wrong]))
    return found


def is_parsable(file: Upload) -> bool:
    """Return whether a file can become a resume, by its content."""
    file.stream.seek(0)
    return file_types.sniff(file.stream) in PARSABLE


def drop(slug: str, posting_id: UUID) -> ApplicationReceived:
    """Pretend to accept a submission that filled in the honeypot field, and store nothing."""
    with clock.at_least(SECONDS), careers_service.visiting(slug):
        log.info("an application by a machine was dropped", posting_id=str(posting_id))
        return ApplicationReceived(job_title=careers_service.posting(posting_id).title)


def view(token: str) -> PublicApplication:
    """Return the application that the link in the email belongs to."""
    with candidate_links.opened(Purpose.WITHDRAWAL, token) as link:
        return _shown(rows.get(Application, _last(link.row_id)))


def withdraw(token: str) -> PublicApplication:
    """Withdraw the application of the link; idempotent."""
    with candidate_links.opened(Purpose.WITHDRAWAL, token) as link:
        return _withdraw(link)


def check_room() -> None:
    """Raise LimitReached if no candidate or file can be added, also for known people, who would be revealed else."""
    counter = db.session.scalars(sa.select(TenantCounter)).one()
    if counter.candidates >= counter.max_candidates or counter.storage_bytes >= counter.max_storage_bytes:
        raise LimitReached("The plan does not allow any more candidates or files.")


def _take(posting: Any, form: ApplicantForm, file: Upload | None) -> None:
    """Apply, and retry if the same person or file was added or removed concurrently."""
    for attempt in range(TRIES):
        # In each attempt, because a failed one may have removed the file.
        kept = candidate_resume_service.store_apart(file) if file is not None else None
        try:
            return _apply(posting, form, kept.id if kept else None)
        # NotFound: between lookup and lock, the person was merged or erased, or another request removed the file.
        except (Conflict, NotFound) as error:
            if isinstance(error, Conflict) and error.code not in AT_THE_SAME_MOMENT:
                raise
            if attempt == TRIES - 1:
                raise Conflict("Please try again in a moment.", code="try_again") from error
        finally:
            if kept is not None and kept.is_new:  # otherwise another request may be about to use it
                candidate_document_service.remove_unclaimed(kept.id)


@use_case
def _apply(posting: Any, form: ApplicantForm, document_id: UUID | None) -> None:
    job = rows.lock_row(Job, posting.job_id)  # so that it cannot close meanwhile
    if job.status != JobStatus.OPEN:
        raise Gone("This job is no longer open.", code="job_closed")
    # The form is checked before anybody is looked up, so that its errors do not depend on who applies.
    questions = job_question_service.asked(job.id)
    answers = job_question_service.read(questions, {each.question_id: each.value for each in form.answers})
    survey = survey_question_service.read(survey_question_service.asked(), form.survey)
    contacts = candidate_contact_service.normalise([form.email])  # only the email address identifies a person
    known = contact_bearers.find_person(contacts, form.name)
    if known is not None:
        rows.lock_row(Candidate, known)  # so that they are neither merged nor erased meanwhile
    candidate_id = known or _new_candidate(job, form, contacts, posting.id)
    standing = _live_application(job.id, candidate_id)
    if standing is not None and not application_form_service.has_room(standing.id):
        return  # silently: the response is the same for everybody
    kept = None
    if document_id is not None:
        # A file proves nothing about a known person until a user confirms it.
        trust = ResumeTrust.PROFILE if known is None else ResumeTrust.NOTHING
        kept = candidate_resume_service.receive(document_id, candidate_id, trust)
    application = standing or _receive(job, candidate_id, form)
    labelled = application_form_service.with_labels(questions, answers)
    has_known_file = document_id is not None and kept is None
    facts = {"is_new_candidate": known is None, "has_known_file": has_known_file}
    application_form_service.store(application, form, labelled, **facts)
    # The answers remain in the form: another evaluation would allow probing the screening questions.
    if standing is not None:
        application_service.notify_owner(application, job, "again")
        return
    survey_question_service.store_answers(application, survey)
    _judge(application, job, job_question_service.store_answers(application, questions, answers), form.email)


def _receive(job: Job, candidate_id: UUID, form: ApplicantForm) -> Application:
    link = tracking_link_service.by_token(form.ref)
    came_by = (link.source, link.id) if link else (SOURCE, None)
    return application_service.receive(job, candidate_id, *came_by)


def _judge(application: Application, job: Job, failed: list[JobQuestion], address: str) -> None:
    """Mail the receipt, stop the application if an answer does not pass, and notify the owner unless it is rejected."""
    may_be_mailed = _may_be_mailed(address)  # before the receipt below is counted
    if may_be_mailed:
        application_service.mail_receipt(application)
    is_automatic = tenant_settings_service.current().reject_failed_screening
    if failed:
        screening_service.open_screening(application, failed, is_automatic)
    if not failed or not is_automatic:
        application_service.notify_owner(application, job)
    # `screen_out` has queued the rejection mail, but an address above the limit gets no mail at all.
    elif not may_be_mailed:
        application_mails.cancel("application_rejected", [application])


def _live_application(job_id: UUID, candidate_id: UUID) -> Application | None:
    """Return the live application, or a recent rejection: reapplying would allow probing the screening questions."""
    since = clock.now() - timedelta(days=tenant_settings_service.current().reapply_after_days)
    present = sa.and_(
        StageHistoryEntry.tenant_id == Application.tenant_id,
        StageHistoryEntry.application_id == Application.id,
        StageHistoryEntry.left_at.is_(None),
    )
    lately = sa.and_(
        Application.status == ApplicationStatus.REJECTED,
        StageHistoryEntry.entered_at > since,  # when it was rejected
        Application.withdrawn_at.is_(None),  # whoever withdrew may apply again at once
    )
    own = (
        sa.select(Application)
        .join(StageHistoryEntry, present)
        .where(Application.job_id == job_id, Application.candidate_id == candidate_id)
    )
    return db.session.scalars(
        own.where(sa.or_(Application.status.in_(LIVE), lately)).order_by(Application.id.desc()).limit(1)
    ).first()


def _new_candidate(job: Job, form: ApplicantForm, contacts: list[Any], posting_id: UUID) -> UUID:
    """Add a candidate with the email address of the form.

    The phone number stays in the form: it is unverified and could identify another person.
    """
    owners = active_users.among([job.owner_id] if job.owner_id else [])
    profile = {"name": form.name, "source": SOURCE, "owner_id": owners[0].id if owners else None}
    candidate_id = candidate_service.add(profile, candidate_contact_service.settled(contacts), Provenance.FORM).id
    purposes = [ConsentPurpose.RECRUITING, *([ConsentPurpose.TALENT_POOL] if form.talent_pool_consent else [])]
    for purpose in purposes:
        candidate_consent_service.give(
            CandidateConsentCreate(
                candidate_id=candidate_id,
                purpose=purpose,
                source=ConsentSource.FORM,
                evidence=f"Checked on the form of the careers page, posting {posting_id}",
                given_at=clock.now(),
            )
        )
    return candidate_id


def _may_be_mailed(address: str) -> bool:
    """Return whether an unverified address is below the daily limit of receipts, which prevents mail bombing."""
    since = clock.now() - timedelta(days=1)
    sent = sa.select(sa.func.count()).where(
        EmailMessage.template == application_service.RECEIPT,
        EmailMessage.recipient == address,
        EmailMessage.created_at > since,
    )
    with scope.unrestricted("receipts are counted, whoever sees the candidate"):
        return (db.session.scalar(sent) or 0) < RECEIPTS_A_DAY


@use_case
def _withdraw(link: Opened) -> PublicApplication:
    application = rows.lock_row(Application, _last(link.row_id))
    # A rejected application stays so: applicants who have not been told yet must not notice a difference.
    if application.status in (ApplicationStatus.ACTIVE, ApplicationStatus.REJECTED):
        application.withdrawn_at = application.withdrawn_at or clock.now()
    if application.status == ApplicationStatus.ACTIVE:
        application.version += 1
        state_engine.fire_automatic(APPLICATION_MACHINE, [application], "withdraw_by_candidate")
    elif application.status == ApplicationStatus.REJECTED:
        application_mails.cancel("application_rejected", [application])
    return _shown(application)


def _last(application_id: UUID) -> UUID:
    """Return the id of the application that a transferred one ended in."""
    rows.get(Application, application_id)
    for _ in range(MOST_TRANSFERS):
        following = db.session.scalar(
            sa.select(Application.id).where(Application.transferred_from_id == application_id).limit(1)
        )
        if following is None:
            break
        application_id = following
    return application_id


def _shown(application: Application) -> PublicApplication:
    title = db.session.scalars(sa.select(Job.title).where(Job.id == application.job_id)).one()
    tenant = rows.get(Tenant, scope.tenant_id())
    return PublicApplication(
        **tenant_settings_service.imprint(tenant),
        company=tenant.name,
        job_title=title,
        status=_applicant_view(application),
    )


def _applicant_view(application: Application) -> ApplicantView:
    """Return the status as the applicant may know it: a rejection is shown only after its mail."""
    if application.status == ApplicationStatus.HIRED:
        return ApplicantView.HIRED
    waits = timedelta(hours=tenant_settings_service.current().rejection_delay_hours)
    rejected_lately = sa.select(StageHistoryEntry.id).where(
        StageHistoryEntry.application_id == application.id,
        StageHistoryEntry.left_at.is_(None),
        StageHistoryEntry.status == ApplicationStatus.REJECTED,
        StageHistoryEntry.entered_at > clock.now() - waits,
    )
    is_active = application.status == ApplicationStatus.ACTIVE
    is_told_so = is_active or application.withdrawn_at is None and db.session.scalar(rejected_lately) is not None
    return ApplicantView.ACTIVE if is_told_so else ApplicantView.ENDED
