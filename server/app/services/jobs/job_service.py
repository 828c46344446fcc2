"""Jobs: what a tenant hires for, from draft to archive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.extensions import db
from app.models import Application, Approval, CandidateInvitation, Job
from app.models.application import ApplicationStatus
from app.models.approval_chain import ApprovalSubject
from app.models.custom_field import FieldSubject
from app.models.job import JOB_MACHINE, JobStatus
from app.schemas.job_schema import JobAction, JobClone, JobCreate, JobItem, JobListed, JobOut, JobQuery, JobUpdate
from app.schemas.lists import Page
from app.schemas.state_schema import ActionsQuery
from app.services.access import user_expansions, visibility_service
from app.services.approvals import approval_chain_service, approval_service
from app.services.candidates import custom_field_service
from app.services.core import listing, rows
from app.services.core.expansion import Expansion
from app.services.core.transaction import use_case
from app.services.events import event_service, outbox_service, quota
from app.services.jobs import (
    job_expansions,
    job_opening_service,
    job_posting_service,
    job_question_service,
    job_stage_service,
    job_team_service,
    pipeline_template_service,
)
from app.services.workflow import state_engine
from app.services.workflow.state_engine import Refusal
from app.utils import scope
from app.utils.errors import Conflict, Forbidden, Invalid

PAY = {"pay_min": "min", "pay_max": "max", "pay_currency": "currency", "pay_period": "period"}
APPROVED = {"title", "department_id", "openings", "employment_type", *PAY}  # frozen while an approval is pending


def get(job_id: UUID) -> Job:
    """Return a job with its stages."""
    return rows.get(Job, job_id, selectinload(Job.stages))


def show(job_id: UUID, query: ActionsQuery) -> JobOut:
    """Return a job, with its actions explained if the query asks for it."""
    return state_engine.with_action_hints(JobOut, get(job_id), query)


EXPANSIONS: dict[str, Expansion] = {
    "owner": ("owner_id", user_expansions.users, None),
    "counts": ("id", job_expansions.counts_of, {"by_status": dict.fromkeys(ApplicationStatus, 0)}),
}


def list_jobs(query: JobQuery) -> Page[JobListed]:
    """Return jobs, filtered."""
    page = listing.paginate(filtered(query), Job, query)
    page.data = [JobItem.model_validate(job).model_dump() for job in page.data]
    return listing.page_with(JobListed, page, query, EXPANSIONS)


def filtered(query: JobQuery) -> sa.Select[Any]:
    """Select the jobs that the filters beyond the columns leave."""
    statement = sa.select(Job).where(*visibility_service.owned_by(Job.owner_id, query.owned_by))
    if query.q is not None:
        statement = statement.where(listing.contains(query.q, Job.title))
    by_field = custom_field_service.filtered(FieldSubject.JOB, Job.custom_fields, query.custom_field)
    statement = statement.where(*by_field)
    if query.mine is not None:
        statement = statement.where(job_team_service.is_mine(Job.id, query.mine))
    return statement


@use_case
def create(new: JobCreate) -> Job:
    """Create a draft job with its pipeline."""
    job_stage_service.check_named(automation for stage in new.stages or [] for automation in stage.automations)
    stages = [stage.model_dump(mode="json") for stage in new.stages or []]
    fields = new.model_dump(exclude={"stages", "pipeline_template_id"})
    fields["custom_fields"] = custom_field_service.merged(FieldSubject.JOB, {}, new.custom_fields)
    fields["owner_id"] = new.owner_id or scope.user_id()  # who is told of applications; an API key owns nothing
    template = new.pipeline_template_id
    return _add(rows.flatten_value(fields, "pay_range", PAY), stages or pipeline_template_service.stages_for(template))


@use_case
def clone(job_id: UUID, request: JobClone) -> Job:
    """Create a draft with the fields, stages and questions of another job, without its applications and history."""
    job = get(job_id)
    apart = ("stages", "pipeline_template_id")
    fields = {name: getattr(job, name) for name in JobCreate.model_fields if name not in apart}
    clone = _add(
        rows.flatten_value({**fields, "title": request.title or job.title}, "pay_range", PAY),
        job_stage_service.copies(job),
    )
    job_question_service.copy(job_id, clone.id)
    return clone


@use_case
def update(job_id: UUID, changes: JobUpdate, if_match: int | None) -> Job:
    """Update a job; its matches are ranked again."""
    job = rows.lock_for_update(Job, job_id, if_match)
    values: dict[str, Any] = changes.model_dump(exclude_unset=True)
    is_limited, own = scope.actor().visibility is not None, scope.user_id()
    if is_limited and own is not None and values.get("owner_id") == own != job.owner_id:
        # An owner may join the hiring team, and so see more.
        raise Forbidden("Ask somebody else to make you the owner of this job.", code="self_escalation")
    if values.get("openings", job.openings) < job.hired:
        raise Conflict(f"openings must not be below the number of hires ({job.hired}).", code="openings_below_hired")
    if changes.custom_fields is not None:
        values["custom_fields"] = custom_field_service.merged(
            FieldSubject.JOB, job.custom_fields, changes.custom_fields
        )
    changed = rows.apply_changes(job, rows.flatten_value(values, "pay_range", PAY))
    # After the changes are applied, so that a client may send approved values back unchanged.
    if job.status == JobStatus.PENDING_APPROVAL and APPROVED & set(changed):
        raise Conflict("The job is waiting for approval. Revise it first.", code="approval_pending")
    job_opening_service.adjust_number(job)
    # Not in the schema, because a request may change only one of the two.
    if job.min_years is not None and job.max_years is not None and job.max_years < job.min_years:
        raise Invalid("max_years must not be below min_years.", code="years_range")
    settle_openings([job])  # a new number of openings may fill or reopen it
    event_service.record("job.updated", job, changed=changed, status=job.status)
    outbox_service.enqueue("job/changed", job_id=job.id)
    return get(job_id)


@use_case
def act(job_id: UUID, action: str, details: JobAction, if_match: int | None) -> Job:
    """Perform a transition of the job's state machine."""
    job = rows.lock_for_update(Job, job_id, if_match)
    state_engine.fire(JOB_MACHINE, job, action, details.reason)
    outbox_service.enqueue("job/changed", job_id=job.id)
    return get(job_id)


def has_approvers(job: Any) -> Refusal | None:
    """Refuse unless an approval chain covers jobs of this department."""
    if approval_chain_service.groups_for(ApprovalSubject.JOB, job.department_id):
        return None
    return Refusal("no_approvers", "This job does not need approval. Open it directly.")


def has_no_approvers(job: Any) -> Refusal | None:
    """Refuse if an approval chain covers jobs of this department."""
    if not approval_chain_service.groups_for(ApprovalSubject.JOB, job.department_id):
        return None
    return Refusal("approval_needed", "This job needs approval. Submit it first.")


def request_approvals(jobs: Sequence[Job]) -> None:
    """Request the approvals."""
    for job in jobs:
        approval_service.request_approvals(ApprovalSubject.JOB, job.department_id, job_id=job.id)


def cancel_approvals(jobs: Sequence[Job]) -> None:
    """Cancel the pending approvals."""
    own = Approval.job_id.in_([job.id for job in jobs])
    # The approvals of offers name the job as well; they go on.
    approval_service.cancel(sa.and_(Approval.subject == ApprovalSubject.JOB, own))


def end_postings(jobs: Sequence[Job]) -> None:
    """Unpublish the postings of the jobs."""
    job_posting_service.end([job.id for job in jobs])


def _on_decision(approval: Approval) -> None:
    """Open the job if it was approved, else deny it."""
    job = rows.lock_for_update(Job, approval.job_id)
    state_engine.fire_automatic(JOB_MACHINE, [job], "approve" if approval.status == "approved" else "deny")
    outbox_service.enqueue("job/changed", job_id=job.id)


# Registered here, because `approvals` is a layer below and cannot import this module.
approval_service.SUBJECTS[ApprovalSubject.JOB] = approval_service.Subject(
    hold=lambda approval: rows.lock_row(Job, approval.job_id),
    title=lambda approval: rows.get(Job, approval.job_id).title,
    on_decision=_on_decision,
)


def settle_openings(jobs: Sequence[Job]) -> None:
    """Fill open jobs without a free opening, and reopen filled jobs with one; inside a use case."""
    for job in jobs:
        _settle(job)


def _settle(job: Job) -> None:
    # A job on hold is settled when it resumes.
    if job.status == JobStatus.OPEN and job.hired >= job.openings:
        state_engine.fire_automatic(JOB_MACHINE, [job], "fill")
    elif job.status == JobStatus.FILLED and job.hired < job.openings:
        state_engine.fire_automatic(JOB_MACHINE, [job], "reopen_by_unhire")


@use_case
def delete(job_id: UUID) -> None:
    """Delete a draft, denied or cancelled job; Conflict if it has applications."""
    job = rows.lock_for_update(Job, job_id)
    if job.status not in (JobStatus.DRAFT, JobStatus.DENIED, JobStatus.CANCELLED):
        raise Conflict(
            "Only draft, denied or cancelled jobs can be deleted. Archive the job instead.",
            code="not_a_draft",
            current_state=job.status,
            allowed_actions=[],
        )
    if rows.is_referenced(Application.job_id, job):
        raise Conflict("The job has applications and cannot be deleted.", code="has_applications")
    if rows.is_referenced(CandidateInvitation.job_id, job):
        raise Conflict("Candidates were invited for this job. Archive it instead.", code="has_invitations")
    quota.release("jobs")
    event_service.record("job.deleted", job)
    db.session.delete(job)


def _add(values: dict[str, Any], stages: list[dict[str, Any]]) -> Job:
    job = Job(**values, status=JobStatus.DRAFT)
    db.session.add(job)
    db.session.flush()  # the stages need the id
    job_stage_service.copy(job, stages)
    job_opening_service.adjust_number(job)
    quota.consume("jobs")
    event_service.record("job.created", job)
    outbox_service.enqueue("job/changed", job_id=job.id)
    return get(job.id)  # with the stages, which the new row has not loaded
