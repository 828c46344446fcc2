"""The work list: what waits for the acting user, each part with the list that it begins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.extensions import db
from app.models import (
    Application,
    Approval,
    CandidateCorrection,
    CandidateInvitation,
    Interview,
    Notification,
    Offer,
    Screening,
    Task,
    Tenant,
    User,
)
from app.models.application import ApplicationStatus
from app.models.candidate_correction import CorrectionStatus
from app.models.candidate_invitation import InvitationStatus
from app.models.interview import InterviewStatus
from app.models.job_stage import StageKind
from app.models.notification import NotificationKind
from app.models.offer import SENT
from app.models.screening import ScreeningStatus
from app.schemas.application_schema import ApplicationListed, ApplicationQuery
from app.schemas.approval_schema import ApprovalItem, ApprovalQuery
from app.schemas.candidate_correction_schema import CandidateCorrectionOut, CandidateCorrectionQuery
from app.schemas.candidate_invitation_schema import InvitationListed, InvitationQuery
from app.schemas.interview_schema import InterviewListed, InterviewQuery
from app.schemas.lists import ListQuery
from app.schemas.notification_schema import NotificationOut, NotificationQuery
from app.schemas.offer_schema import OfferListed, OfferQuery
from app.schemas.screening_schema import ScreeningQuery, WaitingScreening
from app.schemas.task_schema import TaskListed, TaskQuery
from app.schemas.work_schema import WorkOut, WorkQuery, WorkSection
from app.services.access import rights
from app.services.applications import application_lists, screening_service
from app.services.approvals import approval_service
from app.services.candidates import candidate_correction_service
from app.services.collaboration import task_service
from app.services.core import listing
from app.services.interviews import interview_service
from app.services.invitations import candidate_invitation_service
from app.services.notifications import notification_service
from app.services.offers import offer_service
from app.utils import clock, scope

SHOWN = 5
Filtered = Callable[[Any], sa.Select[Any]]


def get(query: WorkQuery) -> WorkOut:
    """Return what waits for the acting user, in a constant number of statements."""
    begins, ends = _today()
    active = [ApplicationStatus.ACTIVE]
    bounds = _bounds(query, ends)
    today = InterviewQuery(
        mine=True,
        status=[InterviewStatus.SCHEDULED],
        sort="starts_at",
        **{"starts_at_gte": begins, "starts_at_lt": ends},
    )
    tasks = TaskQuery(assignee_id=[_user_id()], is_done=False, sort="due_at", **bounds["tasks"])
    first = [StageKind.LEAD, StageKind.APPLIED]
    new = ApplicationQuery(mine=True, status=active, stage_kind=first, sort="-applied_at", **bounds["new"])
    idle = ApplicationQuery(mine=True, status=active, sort="stage_entered_at", **bounds["idle"])
    expiring = OfferQuery(mine=True, status=list(SENT), sort="expires_at", **bounds["expiring"])
    return WorkOut(
        tasks_due=_part(Task, "tasks", tasks, task_service.filtered, TaskListed),
        approvals=_part(
            Approval,
            "approvals",
            ApprovalQuery(waits_for_me=True, sort="created_at"),
            approval_service.filtered,
            ApprovalItem,
        ),
        **_interviews(
            interviews_today=today,
            scorecards_owed=InterviewQuery(mine=True, owes_scorecard=True, sort="starts_at"),
        ),
        new_applicants=_applications(new),
        screenings=_screenings(),
        mentions=_mentions(),
        offers_expiring=_part(Offer, "offers", expiring, offer_service.filtered, OfferListed),
        **_by_candidates(),
        idle_applications=_applications(idle),
    )


def _bounds(query: WorkQuery, today_ends: datetime) -> dict[str, dict[str, Any]]:
    """Return the bounds of the dates of each list."""
    now = clock.now()
    return {
        "tasks": {"due_at_lt": today_ends},
        "new": {"applied_at_gte": now - timedelta(days=query.new_days)},
        "idle": {"stage_entered_at_lt": now - timedelta(days=query.idle_days)},
        "expiring": {"expires_at_lt": now + timedelta(days=query.expiring_days)},
    }


def _user_id() -> UUID:
    user_id = scope.user_id()
    assert user_id is not None  # API keys cannot call it
    return user_id


def _applications(query: ApplicationQuery) -> WorkSection[Any] | None:
    return _part(Application, "applications", query, application_lists.filtered, ApplicationListed)


def _screenings() -> WorkSection[Any] | None:
    query = ScreeningQuery(mine=True, status=[ScreeningStatus.WAITING], sort="created_at")
    return _part(
        Screening, "screenings", query, screening_service.filtered, WaitingScreening, right="applications.read"
    )


def _mentions() -> WorkSection[Any] | None:
    query = NotificationQuery(kind=[NotificationKind.NOTE_MENTION], is_read=False)
    filtered = notification_service.filtered
    return _part(Notification, "notifications", query, filtered, NotificationOut, right=None)


def _by_candidates() -> dict[str, WorkSection[Any] | None]:
    """Return the parts about what candidates filled in."""
    submitted = InvitationQuery(owner_id=[_user_id()], status=[InvitationStatus.SUBMITTED], sort="submitted_at")
    proposed = CandidateCorrectionQuery(status=[CorrectionStatus.PENDING], sort="created_at")
    corrections = _part(
        CandidateCorrection,
        "candidate-corrections",
        proposed,
        candidate_correction_service.filtered,
        right="candidates.view_own",
    )
    if corrections is not None:
        named = candidate_correction_service.with_candidates(corrections.data)
        corrections.data = [CandidateCorrectionOut.model_validate(each) for each in named]
    filtered = candidate_invitation_service.filtered
    return {
        "invitations": _part(CandidateInvitation, "candidate-invitations", submitted, filtered, InvitationListed),
        "corrections": corrections,
    }


def _interviews(**queries: InterviewQuery) -> dict[str, WorkSection[Any] | None]:
    """Return the parts about one's own interviews, whose panels one statement reads."""
    own = scope.unrestricted("interviews of one's own")
    with own:
        parts = {
            name: _part(Interview, "interviews", query, interview_service.filtered) for name, query in queries.items()
        }
        rows = [row for part in parts.values() if part is not None for row in part.data]
        shown = {each.id: each for each in interview_service.with_panels(rows)}
    for part in parts.values():
        if part is not None:
            part.data = [
                InterviewListed.model_validate(shown[row.id].model_dump(exclude={"allowed_actions"}))
                for row in part.data
            ]
    return parts


def _part(
    model: Any, path: str, query: ListQuery, filtered: Filtered, schema: Any = None, right: str | None = ""
) -> WorkSection[Any] | None:
    """Return the first rows of a list with their number and its URL; None without the list's permission."""
    needed = f"{model.__tablename__}.read" if right == "" else right
    if needed is not None and rights.lacks(needed):
        return None
    rows, count = listing.first_rows(filtered(query), model, query, SHOWN)
    data = rows if schema is None else [schema.model_validate(row) for row in rows]
    return WorkSection.model_construct(count=count, url=listing.address(path, query), data=data)


def _today() -> tuple[datetime, datetime]:
    """Return when the acting user's day begins and ends, in UTC."""
    zones = sa.select(User.time_zone, Tenant.time_zone).join(Tenant, Tenant.id == User.tenant_id)
    own, tenants = db.session.execute(zones.where(User.id == scope.user_id())).one()
    zone = ZoneInfo(own or tenants)
    day = clock.now().astimezone(zone).date()
    # In local time, since a day may have 23 or 25 hours.
    begins, ends = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    return begins, ends
