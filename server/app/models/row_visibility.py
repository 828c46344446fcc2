"""Visibility rules within a tenant: which candidates and jobs an actor can see.

The conditions are added to every ORM statement if the actor's visibility is limited; statements that bypass the ORM
must add those of `visibility_conditions.py` themselves. `job_visibility.py` adds what hiring teams and panels see.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from app.models.application import Application
from app.models.application_form import ApplicationForm
from app.models.approval import Approval, ApprovalSeat
from app.models.candidate import Candidate
from app.models.candidate_assignment import CandidateAssignment
from app.models.candidate_bookmark import CandidateBookmark
from app.models.candidate_consent import CandidateConsent
from app.models.candidate_contact import CandidateContact
from app.models.candidate_correction import CandidateCorrection
from app.models.candidate_document import CandidateDocument
from app.models.candidate_duplicate import CandidateDuplicate
from app.models.candidate_invitation import CandidateInvitation
from app.models.candidate_mark import CandidateMark
from app.models.candidate_match import CandidateMatch
from app.models.candidate_merge import CandidateMerge
from app.models.candidate_resume import CandidateResume
from app.models.candidate_tag import CandidateTagging
from app.models.email_message import EmailMessage
from app.models.email_thread import EmailThread
from app.models.interview import Interview
from app.models.interview_booking import InterviewBooking
from app.models.interview_scorecard import InterviewScorecard
from app.models.job import Job
from app.models.job_opening import JobOpening
from app.models.job_posting import JobPosting
from app.models.job_question import ApplicationAnswer, JobQuestion
from app.models.job_stage import JobStage
from app.models.job_team_member import JobTeamMember
from app.models.mail_plan import MailPlanRecipient
from app.models.note import Note
from app.models.offer import Offer
from app.models.offer_version import OfferVersion
from app.models.portal_session import PortalSession
from app.models.screening import Screening
from app.models.stage_history import StageHistoryEntry
from app.models.survey_question import SurveyAnswer
from app.models.talent_pool import TalentPoolMember
from app.models.task import Task
from app.models.visibility_conditions import APPLICATIONS, of_job, through_jobs, visible_ids
from app.utils import scope
from app.utils.scope import Visibility

# Tables rather than classes: the guards add conditions to classes, and these are used in such conditions.
# Statements over them therefore name the tenant.
OFFERS, SEATS = Offer.__table__, ApprovalSeat.__table__
OF_ONE_CANDIDATE: tuple[Any, ...] = (
    ApplicationAnswer,
    ApplicationForm,
    CandidateAssignment,
    CandidateBookmark,
    CandidateConsent,
    CandidateContact,
    CandidateCorrection,
    CandidateMark,
    CandidateTagging,
    Screening,
    SurveyAnswer,
    EmailMessage,
    EmailThread,
    MailPlanRecipient,
    PortalSession,
    OfferVersion,
    Interview,
    InterviewBooking,
    InterviewScorecard,
    TalentPoolMember,
)
OF_ONE_APPLICATION: tuple[Any, ...] = (
    ApplicationAnswer,
    ApplicationForm,
    Screening,
    StageHistoryEntry,
    SurveyAnswer,
    Interview,
    InterviewScorecard,
)
OF_ONE_JOB = (Approval, JobOpening, JobPosting, JobQuestion, JobStage, JobTeamMember)
OF_CANDIDATES = (
    "candidates",
    "candidate_documents",
    "candidate_resumes",
    "candidate_invitations",
    "applications",
    "offers",
    *(model.__tablename__ for model in OF_ONE_CANDIDATE),
)
MAX_KEPT = 1024


def install() -> None:
    """Attach the guard to the session class; idempotent."""
    if not event.contains(Session, "do_orm_execute", _guard_read):
        event.listen(Session, "do_orm_execute", _guard_read)


def _guard_read(state: ORMExecuteState) -> None:
    bound = scope.current()
    if bound is None or bound.tenant_id is None or bound.actor.visibility is None or state.is_insert:
        return
    state.statement = state.statement.options(*_criteria(bound.tenant_id, bound.actor.visibility, bound.actor.id))


@lru_cache(maxsize=MAX_KEPT)
def _criteria(tenant: UUID, visibility: Visibility, actor_id: UUID | None) -> tuple[Any, ...]:
    """Return the conditions on each table, cached per actor."""
    seen = visible_ids(tenant, visibility)
    own_upload = sa.and_(CandidateDocument.candidate_id.is_(None), CandidateDocument.uploaded_by_id == actor_id)
    uploads = sa.select(CandidateDocument.__table__.c.id).where(  # unparsed files belong to nobody yet
        CandidateDocument.__table__.c.tenant_id == tenant, CandidateDocument.__table__.c.uploaded_by_id == actor_id
    )
    unattached = sa.and_(CandidateResume.candidate_id.is_(None), CandidateResume.document_id.in_(uploads))
    conditions: dict[Any, Any] = {
        Candidate: Candidate.id.in_(seen),
        # A pair would reveal the candidate that is not visible.
        CandidateDuplicate: CandidateDuplicate.first_id.in_(seen) & CandidateDuplicate.second_id.in_(seen),
        CandidateMerge: CandidateMerge.winner_id.in_(seen),
        CandidateDocument: CandidateDocument.candidate_id.in_(seen) | own_upload,
        CandidateResume: CandidateResume.candidate_id.in_(seen) | unattached,
        **{model: model.candidate_id.in_(seen) for model in OF_ONE_CANDIDATE},
        CandidateInvitation: _invitations(seen, visibility),
        Note: _about_one(Note, seen, visibility),
        Task: _about_one(Task, seen, visibility) | (Task.assignee_id == actor_id),
    }
    if (part := through_jobs(tenant, visibility)) is not None:
        opened = {model: part.condition(model) for model in conditions}
        conditions |= {model: conditions[model] | more for model, more in opened.items() if more is not None}
    conditions |= {model: of_job(model, tenant, visibility, seen) for model in (Application, CandidateMatch, Offer)}
    conditions[Approval] = _approvals(tenant, visibility, seen, actor_id)
    return _with_jobs(tenant, visibility, conditions)


def _invitations(seen: sa.Select[Any], visibility: Visibility) -> sa.ColumnElement[bool]:
    """Return the condition for invitations of visible candidates, and those that the actor's people sent."""
    own = sa.false() if visibility.owners is None else CandidateInvitation.owner_id.in_(sorted(visibility.owners))
    return own | CandidateInvitation.candidate_id.in_(seen)


def _about_one(model: Any, seen: sa.Select[Any], visibility: Visibility) -> sa.ColumnElement[bool]:
    """Return the condition for rows about visible candidates and their applications, or about visible jobs."""
    if visibility.candidate is not None:  # what is about jobs is for users
        return cast(sa.ColumnElement[bool], model.candidate_id.in_(seen))
    of_jobs = model.job_id.is_not(None) if visibility.jobs is None else model.job_id.in_(sorted(visibility.jobs))
    return sa.or_(model.candidate_id.in_(seen), of_jobs)


def _with_jobs(tenant: UUID, visibility: Visibility, conditions: dict[Any, Any]) -> tuple[Any, ...]:
    """Return the criteria of the conditions and, for API keys that are restricted to jobs, those of the jobs.

    Such a key does not see a candidate's applications for other jobs.
    """
    pairs = list(conditions.items())
    if visibility.jobs is not None:
        of_jobs = sa.select(APPLICATIONS.c.id).where(
            APPLICATIONS.c.tenant_id == tenant, APPLICATIONS.c.job_id.in_(sorted(visibility.jobs))
        )
        pairs += [(model, model.application_id.in_(of_jobs)) for model in OF_ONE_APPLICATION]
        pairs += [(model, model.application_id.is_(None) | model.application_id.in_(of_jobs)) for model in (Note, Task)]
        pairs += [(Job, Job.id.in_(visibility.jobs))]
        pairs += [(model, model.job_id.in_(visibility.jobs)) for model in OF_ONE_JOB]
    return tuple(with_loader_criteria(model, condition, include_aliases=True) for model, condition in pairs)


def _approvals(
    tenant: UUID, visibility: Visibility, seen: sa.Select[Any], actor_id: UUID | None
) -> sa.ColumnElement[bool]:
    """Return the condition for approvals of jobs, of visible offers, and those the actor decides."""
    seats = sa.select(SEATS.c.approval_id).where(SEATS.c.tenant_id == tenant, SEATS.c.user_id == actor_id)
    visible = of_job(Offer, tenant, visibility, seen, OFFERS.c)
    offers = sa.select(OFFERS.c.id).where(OFFERS.c.tenant_id == tenant, visible)
    return Approval.offer_id.is_(None) | Approval.offer_id.in_(offers) | Approval.id.in_(seats)  # NULL: of a job
