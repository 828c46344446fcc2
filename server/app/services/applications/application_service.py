"""Applications: their progress through the stages of a job, and the mails about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Candidate, Job, JobStage, RejectionReason
from app.models.application import APPLICATION_MACHINE, LIVE, ApplicationStatus
from app.models.custom_field import FieldSubject
from app.models.job import JobStatus
from app.models.job_stage import StageKind
from app.models.notification import NotificationKind
from app.schemas.application_schema import (
    ApplicationAction,
    ApplicationCreate,
    ApplicationMove,
    ApplicationOut,
    ApplicationTransfer,
    ApplicationUpdate,
)
from app.schemas.state_schema import ActionsQuery
from app.services.access import active_users
from app.services.applications import (
    application_form_service,
    application_gates,
    application_lists,
    application_mails,
    rejection_reason_service,
    stage_history_service,
    survey_question_service,
)
from app.services.candidates import custom_field_service
from app.services.core import rows
from app.services.core.transaction import use_case
from app.services.events import event_service, outbox_service
from app.services.jobs import job_opening_service, job_service
from app.services.mail import candidate_links
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About
from app.services.workflow import state_engine
from app.services.workflow.state_engine import Refusal
from app.utils import clock, ids, scope
from app.utils.addresses import addresses
from app.utils.errors import Conflict, Forbidden, Invalid, NotFound

RECEIPT = "application_received"  # public_application_service counts these per address


def get(application_id: UUID) -> ApplicationOut:
    """Return an application with the names of its candidate, job and stage."""
    row = db.session.execute(sa.select(*application_lists.LISTED).where(Application.id == application_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such application.")
    return ApplicationOut.model_validate(row)


def show(application_id: UUID, query: ActionsQuery) -> ApplicationOut:
    """Return an application, with its actions explained if the query asks for it."""
    return state_engine.with_action_hints(ApplicationOut, get(application_id), query)


@use_case
def create(new: ApplicationCreate) -> ApplicationOut:
    """Create an application; a candidate has at most one live application per job."""
    candidate = rows.get(Candidate, new.candidate_id)
    job = open_job(new.job_id)
    stage = _entrance(job.id, new.stage_id, candidate.id)
    # Nobody is thanked: the candidate has not applied.
    custom_fields = custom_field_service.merged(FieldSubject.APPLICATION, {}, new.custom_fields)
    values = {"source": new.source, "custom_fields": custom_fields}
    return get(_add(candidate_id=candidate.id, job_id=job.id, stage_id=stage.id, **values).id)


@use_case
def update(application_id: UUID, changes: ApplicationUpdate, if_match: int | None) -> ApplicationOut:
    """Change the source or custom fields of an application."""
    application = rows.lock_for_update(Application, application_id, if_match)
    values: dict[str, Any] = changes.model_dump(exclude_unset=True)
    if changes.custom_fields is not None:
        present = application.custom_fields
        values["custom_fields"] = custom_field_service.merged(FieldSubject.APPLICATION, present, changes.custom_fields)
    event_service.record("application.updated", application, changed=rows.apply_changes(application, values))
    return get(application_id)


def receive(job: Job, candidate_id: UUID, source: str, tracking_link_id: UUID | None) -> Application:
    """Create an application that came from outside; inside a use case that has locked the open job."""
    where = {"job_id": job.id, "stage_id": _first_stage(job.id).id}
    return _add(candidate_id=candidate_id, source=source, tracking_link_id=tracking_link_id, **where)


def mail_receipt(application: Application) -> None:
    """Mail the candidate a receipt with a link to withdraw the application; inside a use case."""
    link = candidate_links.link_context(candidate_links.Purpose.WITHDRAWAL, application.id)
    application_mails.queue(RECEIPT, [application], context=link)


def notify_owner(application: Application, job: Job, status: str | None = None) -> None:
    """Notify the job's owner of an event from outside. The candidate may not be visible to them and is not named."""
    for user in active_users.among([job.owner_id] if job.owner_id else []):
        context = {"job": job.title, "status": status or str(application.status)}
        context["link"] = f"{addresses.app}/applications/{application.id}"
        # One mail per version and status: sending the form again and again notifies the owner once.
        key = f"application_news:{application.id}:{application.version}:{context['status']}"
        about = About(application, application.candidate_id, job.id)
        notification_service.notify(user, NotificationKind.APPLICATION_NEWS, key, context, about)


@use_case
def move(application_id: UUID, step: ApplicationMove, if_match: int | None) -> ApplicationOut:
    """Move an active application to another stage of its job; Conflict if it left that stage or a gate refuses."""
    application = rows.lock_for_update(Application, application_id, if_match)
    # Checked before the stages are compared, so that an ended application is refused as such.
    state_engine.check(APPLICATION_MACHINE, application, "move")
    # The client names the stage that it saw, so that a repeated request does not move the application twice.
    if application.stage_id != step.from_stage_id:
        raise Conflict(
            "The application is in another stage. Reload it and try again.",
            code="stage_changed",
            current_state=str(application.stage_id),
            allowed_actions=["move"],
        )
    if step.to_stage_id == step.from_stage_id:
        raise Conflict("The application is already in this stage.", code="same_stage", allowed_actions=["move"])
    target = target_stage(application.job_id, step.to_stage_id)
    if (refusal := application_gates.refusals(target, [application]).get(application.id)) is not None:
        raise Conflict(refusal.detail, code=refusal.code, current_state=application.status, allowed_actions=[])
    enter_stage([application], target)
    return get(application_id)


def target_stage(job_id: UUID, stage_id: UUID) -> JobStage:
    """Return a stage of the job that applications can be moved to; Conflict if it is the hired stage."""
    target = _stage_of(job_id, stage_id, "to_stage_id")
    if target.kind == StageKind.HIRED:
        raise Conflict("Hire the candidate to reach this stage.", code="use_hire", allowed_actions=["hire"])
    return target


def enter_stage(applications: Sequence[Application], stage: JobStage) -> None:
    """Move locked applications to a stage and run everything that follows from it; inside a use case."""
    facts = _change_stage(applications, stage)
    state_engine.fire_all(APPLICATION_MACHINE, applications, "move", facts=facts)


def return_to_stage(applications: Sequence[Application], stage: JobStage) -> None:
    """Undo the move of locked applications without mails or automations; inside a use case."""
    facts = _change_stage(applications, stage)
    state_engine.fire_automatic(APPLICATION_MACHINE, applications, "move_back", facts=facts)


def _change_stage(applications: Sequence[Application], stage: JobStage) -> state_engine.Facts:
    """Set the stage of the applications, and return the facts for the event of each."""
    # Read now: the engine asks for the facts of the events after the stages have changed.
    before = {each.id: each.stage_id for each in applications}
    for each in applications:
        _set_stage(each, stage)
    return lambda each: {"from_stage_id": before[each.id], "to_stage_id": each.stage_id}


@use_case
def transfer(application_id: UUID, request: ApplicationTransfer, if_match: int | None) -> ApplicationOut:
    """End an application and return a new one for another open job."""
    job = open_job(request.job_id)  # jobs are locked before applications
    application = rows.lock_for_update(Application, application_id, if_match)
    if job.id == application.job_id:
        raise Conflict("The application is already for this job.", code="same_job")
    stage = _entrance(job.id, request.stage_id, application.candidate_id)
    state_engine.fire(APPLICATION_MACHINE, application, "transfer", request.reason)
    new = _continue(application, stage)
    db.session.flush()
    visible = sa.select(Application.id).where(Application.id == new.id)
    if scope.actor().visibility is not None and db.session.scalar(visible) is None:
        detail = "You could not see the application in that job. Choose a job whose applications you may move."
        raise Forbidden(detail, code="not_visible")
    return get(new.id)


def transfer_all(applications: Sequence[Application], job_id: UUID, reason: str | None) -> list[Application]:
    """Transfer locked applications to the entrance of another job; inside a use case that has locked it.

    Those of candidates who have a live application for it stay; the others are returned.
    """
    if not applications:
        return []
    there = candidates_at(job_id)
    able = [each for each in applications if each.candidate_id not in there]
    stage = _first_stage(job_id)
    state_engine.fire_all(APPLICATION_MACHINE, able, "transfer", reason)
    for each in able:
        _continue(each, stage)
    return able


def candidates_at(job_id: UUID) -> set[UUID]:
    """Return the candidates who have a live application for a job."""
    live = sa.select(Application.candidate_id).where(Application.job_id == job_id, Application.status.in_(LIVE))
    return set(db.session.scalars(live))


def reject_all(applications: Sequence[Application], named: RejectionReason | None, reason: str | None) -> None:
    """Reject locked applications, with one of the tenant's reasons if there is one; inside a use case."""
    state_engine.fire_all(APPLICATION_MACHINE, applications, "reject", reason)
    for each in applications:
        each.rejection_reason_id = named.id if named else None


def _continue(application: Application, stage: JobStage) -> Application:
    """Add the application for another job that goes on from a transferred one."""
    new = _add(
        candidate_id=application.candidate_id,
        job_id=stage.job_id,
        stage_id=stage.id,
        source=application.source,
        custom_fields=application.custom_fields,
        tracking_link_id=application.tracking_link_id,
        applied_at=application.applied_at,  # the time to hire counts from here
        transferred_from_id=application.id,
    )
    with scope.unrestricted("all that belongs to an application goes on with it"):
        application_form_service.copy(application, new)
        survey_question_service.copy(application, new)
    return new


@use_case
def act(application_id: UUID, action: str, details: ApplicationAction, if_match: int | None) -> ApplicationOut:
    """Reject, withdraw, reopen or hire, or undo a hire."""
    application = rows.lock_for_update(Application, application_id, if_match)
    named = rejection_reason_service.named(details.reason_id, action)
    # The name of the chosen reason serves as the text that a rejection requires.
    state_engine.fire(APPLICATION_MACHINE, application, action, details.reason or (named.name if named else None))
    application.rejection_reason_id = named.id if named else None  # reopening clears it
    return get(application_id)


def _entrance(job_id: UUID, stage_id: UUID | None, candidate_id: UUID) -> JobStage:
    """Return the given stage if its gates admit the candidate, or the first stage if none is given."""
    if stage_id is None:
        return _first_stage(job_id)
    stage = _stage_of(job_id, stage_id, "stage_id")
    if stage.kind == StageKind.HIRED:
        raise Conflict("Hire the candidate to reach this stage.", code="use_hire", allowed_actions=[])
    newcomer = Application(id=ids.new_id(), candidate_id=candidate_id)  # a stand-in for the gates, never stored
    if (refusal := application_gates.refusals(stage, [newcomer]).get(newcomer.id)) is not None:
        raise Conflict(refusal.detail, code=refusal.code, allowed_actions=[])
    return stage


def _first_stage(job_id: UUID) -> JobStage:
    """Return the first stage of kind `applied`, or else the first stage."""
    own = sa.select(JobStage).where(JobStage.job_id == job_id, JobStage.position.is_not(None))
    stages = db.session.scalars(own.order_by(JobStage.position)).all()
    # Stages of kind `lead` may come before it, for people who have not applied.
    return next((stage for stage in stages if stage.kind == StageKind.APPLIED), stages[0])


def _stage_of(job_id: UUID, stage_id: UUID, field: str) -> JobStage:
    stage = db.session.scalars(
        sa.select(JobStage).where(JobStage.id == stage_id, JobStage.job_id == job_id, JobStage.position.is_not(None))
    ).one_or_none()
    if stage is None:
        unknown = {"pointer": f"/{field}", "code": "unknown", "detail": "is not a stage of this job"}
        raise Invalid("The job has no such stage.", code="unknown_stage", errors=[unknown])
    return stage


def open_job(job_id: UUID) -> Job:
    """Lock a job that takes applications; Conflict if it is not open."""
    job = rows.lock_row(Job, job_id)  # so that it cannot close meanwhile
    if job.status != JobStatus.OPEN:
        raise Conflict("The job is not open.", code="job_not_open", current_state=job.status, allowed_actions=[])
    return job


def _add(**values: Any) -> Application:
    """Add an application with its first stage history entry."""
    application = Application(**values, status=ApplicationStatus.ACTIVE, stage_entered_at=clock.now())
    db.session.add(application)
    # The unique index on live applications refuses a second one here.
    db.session.flush()  # the event needs the id
    about = {name: values[name] for name in ("job_id", "candidate_id", "stage_id")}
    event_service.record("application.created", application, **about)
    outbox_service.enqueue("application/created", candidate_id=values["candidate_id"], job_id=values["job_id"])
    stage_history_service.record_stage_change([application])
    return application


def _set_stage(application: Application, stage: JobStage) -> None:
    application.stage_id = stage.id
    application.stage_entered_at = clock.now()


def mail_rejection_later(applications: Sequence[Application]) -> None:
    """Queue the rejection mail, so that reopening can cancel it."""
    application_mails.queue("application_rejected", applications)


def cancel_rejection_mail(applications: Sequence[Application]) -> None:
    """Cancel a rejection mail that was not sent yet."""
    application_mails.cancel("application_rejected", applications)


def has_free_opening(application: Any) -> Refusal | None:
    """Refuse unless the job is open and has an unfilled opening."""
    # Without a lock, because guards only explain: `take_opening` checks again when it has locked the job.
    job = rows.get(Job, application.job_id)
    is_left = job.status == JobStatus.OPEN and job.hired < job.openings
    detail = f"The job is {job.status}. Hiring requires an open job with an opening left."
    return None if is_left else Refusal("no_opening", detail)


def take_opening(applications: Sequence[Application]) -> None:
    """Fill one opening per application and move it to the hired stage; the last opening fills the job."""
    for application in applications:
        job = rows.lock_for_update(Job, application.job_id)
        state_engine.enforce_guard(has_free_opening, application)  # another hire may have been faster
        job.hired += 1
        application.opening_id = job_opening_service.fill(job.id)
        job_service.settle_openings([job])
        # A pipeline without a hired stage leaves the application where it is, from now on as a hire.
        if not _set_first_stage(application, JobStage.kind == StageKind.HIRED, JobStage.position):
            application.stage_entered_at = clock.now()


def mail_move(applications: Sequence[Application]) -> None:
    """Mail the candidates who are told of their new stage."""
    application_mails.queue_move(applications)


def cancel_move_mail(applications: Sequence[Application]) -> None:
    """Cancel the mail about a stage that was not sent yet."""
    application_mails.cancel(application_mails.MOVED, applications)


def notify_owners(applications: Sequence[Application]) -> None:
    """Notify the owners of the jobs that candidates acted on their applications."""
    for application in applications:
        notify_owner(application, rows.get(Job, application.job_id))


def mail_hire(applications: Sequence[Application]) -> None:
    """Mail the candidates that they are hired."""
    application_mails.queue("application_hired", applications)


def cancel_hire_mail(applications: Sequence[Application]) -> None:
    """Cancel the mail about a hire that was not sent yet."""
    application_mails.cancel("application_hired", applications)


def release_opening(applications: Sequence[Application]) -> None:
    """Free the openings and return each application to the stage it was in before the hire."""
    for application in applications:
        job = rows.lock_for_update(Job, application.job_id)
        job.hired -= 1
        if application.opening_id is not None:
            job_opening_service.free(application.opening_id)
            application.opening_id = None
        job_service.settle_openings([job])
        before_hire = sa.and_(
            JobStage.kind != StageKind.HIRED, JobStage.id == stage_history_service.last_active_stage(application)
        )
        # The stage before the hire may have been removed; then it is the last one that is not the hired stage.
        if not _set_first_stage(application, before_hire, JobStage.position):
            _set_first_stage(application, JobStage.kind != StageKind.HIRED, JobStage.position.desc())


def _set_first_stage(application: Application, condition: Any, order: Any) -> bool:
    """Set the first stage that meets the condition, in the given order; return whether there is one."""
    own = sa.select(JobStage).where(JobStage.job_id == application.job_id, JobStage.position.is_not(None), condition)
    if (stage := db.session.scalars(own.order_by(order).limit(1)).one_or_none()) is not None:
        _set_stage(application, stage)
    return stage is not None
