"""Applications: a candidate's way through a job's stages, with the mail that goes with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Candidate, CandidateContact, Job, JobStage
from app.models.application import APPLICATION_MACHINE
from app.models.candidate_contact import ContactKind
from app.models.job import JobStatus
from app.models.job_stage import StageKind
from app.schemas.application_schema import ApplicationAction, ApplicationCreate, ApplicationMove, ApplicationQuery
from app.schemas.common import Page
from app.schemas.state_schema import ActionsQuery
from app.services import (
    email_message_service,
    event_service,
    job_service,
    listing,
    rows,
    state_engine,
    tenant_settings_service,
)
from app.services.state_engine import Refusal
from app.services.transaction import use_case
from app.utils import clock
from app.utils.errors import Conflict, Invalid, NotFound

LISTED = (
    Application.id,
    Application.candidate_id,
    Candidate.name.label("candidate_name"),
    Application.job_id,
    Job.title.label("job_title"),
    Application.stage_id,
    JobStage.name.label("stage_name"),
    JobStage.kind.label("stage_kind"),
    Application.status,
    Application.status_reason,
    Application.source,
    Application.stage_entered_at,
    Application.version,
    Application.created_at,
    Application.updated_at,
)


def get(application_id: UUID) -> Any:
    """One application with the names of its candidate, job and stage."""
    row = db.session.execute(_select().where(Application.id == application_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such application.")
    return row


def show(application_id: UUID, query: ActionsQuery) -> Any:
    """One application, on wish with why the other actions are not allowed."""
    return state_engine.shown(APPLICATION_MACHINE, get(application_id), query)


def list_applications(query: ApplicationQuery) -> Page[Any]:
    """Applications of the tenant, filtered."""
    statement = _select()
    for name in ("candidate_id", "job_id", "stage_id", "status"):
        if (value := getattr(query, name)) is not None:
            statement = statement.where(getattr(Application, name) == value)
    return listing.paginate(statement, Application, query)


@use_case
def create(new: ApplicationCreate) -> Any:
    """Put a candidate forward; one live application per candidate and job."""
    candidate = rows.get(Candidate, new.candidate_id)
    job = rows.get(Job, new.job_id)
    if job.status != JobStatus.OPEN:
        raise Conflict("The job is not open.", code="job_not_open", current_state=job.status, allowed_actions=[])
    stage = _stage_of(job.id, new.stage_id, "stage_id") if new.stage_id else _first_stage(job.id)
    application = Application(
        candidate_id=candidate.id, job_id=job.id, stage_id=stage.id, source=new.source, stage_entered_at=clock.now()
    )
    db.session.add(application)
    db.session.flush()  # the event needs the id
    event_service.record(
        "application.created", application, job_id=job.id, candidate_id=candidate.id, stage_id=stage.id
    )
    _mail(application, "application_received")
    return get(application.id)


@use_case
def move(application_id: UUID, step: ApplicationMove, if_match: int | None) -> Any:
    """Move an active application to another stage of its job."""
    application = rows.lock(Application, application_id, if_match)
    state_engine.check(APPLICATION_MACHINE, application, "move")
    if application.stage_id != step.from_stage_id:
        raise Conflict(
            "The application is at another stage.",
            code="stage_changed",
            current_state=str(application.stage_id),
            allowed_actions=["move"],
        )
    target = _stage_of(application.job_id, step.to_stage_id, "to_stage_id")
    if target.kind == StageKind.HIRED:
        raise Conflict("Hire the candidate to reach this stage.", code="use_hire", allowed_actions=["hire"])
    _enter(application, target)
    event_service.record("application.move", application, source=step.from_stage_id, target=target.id)
    _mail(application, "application_moved")
    return get(application_id)


@use_case
def act(application_id: UUID, action: str, details: ApplicationAction, if_match: int | None) -> Any:
    """Reject, withdraw, reopen, hire or take a hire back."""
    application = rows.lock(Application, application_id, if_match)
    state_engine.take(APPLICATION_MACHINE, application, action, details.reason)
    return get(application_id)


def _select() -> sa.Select[Any]:
    return (
        sa.select(*LISTED)
        .select_from(Application)
        .join(
            Candidate, sa.and_(Candidate.tenant_id == Application.tenant_id, Candidate.id == Application.candidate_id)
        )
        .join(Job, sa.and_(Job.tenant_id == Application.tenant_id, Job.id == Application.job_id))
        .join(JobStage, sa.and_(JobStage.tenant_id == Application.tenant_id, JobStage.id == Application.stage_id))
    )


def _first_stage(job_id: UUID) -> JobStage:
    """The first stage of kind applied, or the first of all."""
    stages = db.session.scalars(sa.select(JobStage).where(JobStage.job_id == job_id).order_by(JobStage.position)).all()
    return next((stage for stage in stages if stage.kind == StageKind.APPLIED), stages[0])


def _stage_of(job_id: UUID, stage_id: UUID, field: str) -> JobStage:
    stage = db.session.scalars(
        sa.select(JobStage).where(JobStage.id == stage_id, JobStage.job_id == job_id)
    ).one_or_none()
    if stage is None:
        unknown = {"pointer": f"/{field}", "code": "unknown", "detail": "is not a stage of this job"}
        raise Invalid("The job has no such stage.", code="unknown_stage", errors=[unknown])
    return stage


def _enter(application: Application, stage: JobStage) -> None:
    application.stage_id = stage.id
    application.stage_entered_at = clock.now()


@state_engine.effect
def mail_rejection_later(application: Application) -> None:
    """The mail waits, a day unless the tenant settles it otherwise, so that a reopen can take it back."""
    _mail(application, "application_rejected", delayed=True)


@state_engine.effect
def cancel_rejection_mail(application: Application) -> None:
    """The application is back at its last stage; a rejection mail that has not left is cancelled."""
    email_message_service.cancel_queued("application_rejected", application.candidate_id, f":{application.id}:")


@state_engine.guard
def an_opening_is_left(application: Any) -> Refusal | None:
    """Whether the job is open and has an opening that nobody has taken."""
    job = rows.get(Job, application.job_id)
    is_left = job.status == JobStatus.OPEN and job.hired < job.openings
    return None if is_left else Refusal("no_opening", f"The job is {job.status} and has no opening left.")


@state_engine.effect
def take_opening(application: Application) -> None:
    """Consume an opening; the last one fills the job."""
    job = rows.lock(Job, application.job_id)
    state_engine.insist(an_opening_is_left, application)  # another hire may have been faster
    job.hired += 1
    job_service.settle_openings(job)
    statement = sa.select(JobStage).where(JobStage.job_id == job.id, JobStage.kind == StageKind.HIRED)
    if (stage := db.session.scalars(statement.order_by(JobStage.position)).first()) is not None:
        _enter(application, stage)


@state_engine.effect
def mail_hire(application: Application) -> None:
    """Tell the candidate."""
    _mail(application, "application_hired")


@state_engine.effect
def give_opening_back(application: Application) -> None:
    """Give the opening back and return to the last stage before hiring."""
    job = rows.lock(Job, application.job_id)
    job.hired -= 1
    job_service.settle_openings(job)
    statement = sa.select(JobStage).where(JobStage.job_id == job.id, JobStage.kind != StageKind.HIRED)
    if (stage := db.session.scalars(statement.order_by(JobStage.position.desc())).first()) is not None:
        _enter(application, stage)


def _mail(application: Application, template: str, delayed: bool = False) -> None:
    """Promise the candidate's mail, if the tenant wants it and there is an address; one per version."""
    settings = tenant_settings_service.current()
    if not settings.candidate_mails:
        return
    email = db.session.scalars(
        sa.select(CandidateContact.value)
        .where(CandidateContact.candidate_id == application.candidate_id, CandidateContact.kind == ContactKind.EMAIL)
        .order_by(CandidateContact.position)
    ).first()
    if email is None:
        return
    names = db.session.execute(
        sa.select(Candidate.name, Job.title, JobStage.name.label("stage"))
        .select_from(Candidate)
        .join(Job, Job.tenant_id == Candidate.tenant_id)
        .join(JobStage, JobStage.tenant_id == Candidate.tenant_id)
        .where(
            Candidate.id == application.candidate_id, Job.id == application.job_id, JobStage.id == application.stage_id
        )
    ).one()
    email_message_service.queue(
        template,
        email,
        key=f"{template}:{application.id}:{application.version}",
        context={"name": names.name, "job": names.title, "stage": names.stage},
        candidate_id=application.candidate_id,
        due_at=clock.now() + timedelta(hours=settings.rejection_delay_hours) if delayed else None,
    )
