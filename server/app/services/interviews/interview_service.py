"""Interviews: proposed, scheduled, rescheduled and ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Candidate, Interview, InterviewKit, InterviewPanelist, Job
from app.models.application import ApplicationStatus
from app.models.interview import INTERVIEW_MACHINE, InterviewKind, InterviewStatus
from app.schemas.interview_schema import (
    InterviewAction,
    InterviewCreate,
    InterviewListed,
    InterviewOut,
    InterviewQuery,
    InterviewReschedule,
    InterviewTime,
    InterviewUpdate,
    PanelistOut,
)
from app.schemas.lists import Page
from app.schemas.state_schema import ActionsQuery
from app.services.access import visibility_service
from app.services.applications import application_automations
from app.services.candidates import candidate_expansions
from app.services.core import active_tenants, listing, rows
from app.services.core.expansion import Expansion
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.interviews import (
    interview_booking_service,
    interview_mails,
    interview_panel,
    interview_scorecard_service,
)
from app.services.jobs import job_expansions
from app.services.search import candidate_search_sql
from app.services.settings import tenant_settings_service
from app.services.workflow import state_engine
from app.services.workflow.state_engine import Refusal
from app.utils import clock, ids, scope
from app.utils.errors import Conflict, NotFound

USUAL_MINUTES = 60
REMIND_BEFORE = timedelta(hours=24)
COLUMNS = (*Interview.__table__.columns, Candidate.name.label("candidate_name"), Job.id.label("job_id"))


def get(interview_id: UUID) -> InterviewOut:
    """Return an interview; it is always visible to its panel."""
    with interview_panel.visible_to_panel(interview_id):
        row = db.session.execute(_select().where(Interview.id == interview_id)).one_or_none()
        if row is None:
            raise NotFound("There is no such interview.")
        return _with_panel(row, interview_panel.panels([interview_id]).get(interview_id, []))


def show(interview_id: UUID, query: ActionsQuery) -> InterviewOut:
    """Return an interview, with its actions explained if the query asks for it."""
    return state_engine.with_action_hints(InterviewOut, get(interview_id), query)


def list_interviews(query: InterviewQuery) -> Page[InterviewListed]:
    """Return visible interviews, filtered; with `mine`, all interviews whose panel the caller is on."""
    if query.mine:
        with scope.unrestricted("interviews of one's own"):
            return _list(query)
    return _list(query)


@use_case
def create(new: InterviewCreate) -> InterviewOut:
    """Propose an interview for an active application, and schedule it if a time is given."""
    # Locked, so that it cannot end meanwhile, which would cancel only the interviews that exist by then.
    application = rows.lock_row(Application, new.application_id)
    kit = rows.get(InterviewKit, new.kit_id) if new.kit_id else None
    values = new.model_dump(exclude={"application_id", "kit_id", "panel", "time"})
    interview = propose(application, kit, zone=tenant_settings_service.time_zone(), **values)
    db.session.flush()  # the seats refer to the interview
    interview_panel.seat(interview, new.panel)
    if new.time is not None:
        _set_time(interview, new.time, kit)
        state_engine.fire(INTERVIEW_MACHINE, interview, "schedule")
    return get(interview.id)


def propose(application: Application, kit: InterviewKit | None, **values: Any) -> Interview:
    """Add a proposed interview with an empty panel; Conflict if the application is not active. Inside a use case."""
    if application.status != ApplicationStatus.ACTIVE:
        raise Conflict("The application is not active.", code="application_not_active")
    interview = Interview(
        id=ids.new_id(),  # the event needs it, without a flush for each of many interviews
        application_id=application.id,
        candidate_id=application.candidate_id,
        kit_id=kit.id if kit else None,
        rubric=kit.rubric if kit else [],  # a copy: later changes of the kit do not apply
        **values,
    )
    db.session.add(interview)
    event_service.record("interview.created", interview, application_id=application.id)
    return interview


@application_automations.action("interview")
def propose_all(automation: dict[str, Any], applications: Sequence[Application], number: int) -> None:
    """Propose an interview for each application that enters the stage, unless the kit was deleted."""
    # Not `rows.get`: a deleted kit must not keep applications out of the stage.
    kit = db.session.get(InterviewKit, UUID(automation["kit_id"]))
    zone = tenant_settings_service.time_zone()
    for application in applications if kit else ():
        propose(application, kit, zone=zone, kind=InterviewKind(automation["interview_kind"]))


def cancel_interviews(applications: Sequence[Application]) -> None:
    """Cancel the proposed and scheduled interviews of applications that end."""
    to_come = Interview.status.in_((InterviewStatus.PROPOSED, InterviewStatus.SCHEDULED))
    ended = Interview.application_id.in_([application.id for application in applications])
    statement = sa.select(Interview).where(ended, to_come).order_by(Interview.id)
    interviews = db.session.scalars(statement.with_for_update()).all()
    for interview in interviews:
        interview.version += 1
    state_engine.fire_automatic(INTERVIEW_MACHINE, interviews, "void")


@use_case
def update(interview_id: UUID, changes: InterviewUpdate, if_match: int | None) -> InterviewOut:
    """Update place, kind or panel; if the interview is scheduled, calendars are updated."""
    interview = rows.lock_for_update(Interview, interview_id, if_match)
    if interview.status not in (InterviewStatus.PROPOSED, InterviewStatus.SCHEDULED):
        raise Conflict("The interview can no longer be changed.", code="interview_over", current_state=interview.status)
    values: dict[str, Any] = changes.model_dump(exclude_unset=True)
    panel = values.pop("panel", None)
    before = interview_panel.users(interview_id)
    changed = rows.apply_changes(interview, values)
    # Compared with all seats: one of a suspended user can be given up, too.
    if panel is not None and set(panel) != interview_panel.seated(interview_id):
        changed.append("panel")
        interview_panel.seat(interview, panel)
        interview_booking_service.follow_panel(interview, panel)
    event_service.record("interview.updated", interview, changed=changed)
    # Nobody has been invited to a proposed interview yet.
    if changed and interview.status == InterviewStatus.SCHEDULED:
        interview.sequence += 1
        interview_panel.hold_panel([interview])
        interview_mails.withdraw(interview, [user for user in before if panel is not None and user.id not in panel])
        interview_mails.send_invitations([interview])
    return get(interview_id)


@use_case
def schedule(interview_id: UUID, time: InterviewTime, if_match: int | None) -> InterviewOut:
    """Set the time of a proposed interview."""
    interview = rows.lock_for_update(Interview, interview_id, if_match)
    # Checked before the time, so that a cancelled interview is refused as such.
    state_engine.check(INTERVIEW_MACHINE, interview, "schedule")
    _set_time(interview, time, _kit_of(interview))
    state_engine.fire(INTERVIEW_MACHINE, interview, "schedule")
    return get(interview_id)


@use_case
def reschedule(interview_id: UUID, time: InterviewReschedule, if_match: int | None) -> InterviewOut:
    """Move a scheduled interview to another time; calendars receive the next revision. Conflict if it is the same."""
    interview = rows.lock_for_update(Interview, interview_id, if_match)
    state_engine.check(INTERVIEW_MACHINE, interview, "reschedule")
    before = (interview.starts_at, interview.ends_at, interview.zone)
    _set_time(interview, time, _kit_of(interview))
    if (interview.starts_at, interview.ends_at, interview.zone) == before:  # nobody is mailed a change that is none
        raise Conflict("The interview is at this time already.", code="same_time")
    interview.sequence += 1
    interview.status_reason = time.reason  # `fire` sets it only if the status changes
    state_engine.fire(INTERVIEW_MACHINE, interview, "reschedule", time.reason)
    return get(interview_id)


@use_case
def act(interview_id: UUID, action: str, details: InterviewAction, if_match: int | None) -> InterviewOut:
    """Cancel an interview, record a no-show, or complete it without the missing scorecards."""
    interview = rows.lock_for_update(Interview, interview_id, if_match)
    state_engine.fire(INTERVIEW_MACHINE, interview, action, details.reason)
    return get(interview_id)


def tenants_with_due() -> list[str]:
    """Return the ids (as text) of the tenants with interviews to remind of or to end; in the platform's scope."""
    return active_tenants.having(Interview, _over() | _soon())


@use_case
def settle_due() -> dict[str, int]:
    """Send due reminders, and end past interviews and ask for feedback; return the number of each."""
    # Interviews that a user is changing are skipped: the function runs again in ten minutes.
    locked = sa.select(Interview).order_by(Interview.id).with_for_update(skip_locked=True)
    over = db.session.scalars(locked.where(_over())).all()
    for interview in over:
        interview.version += 1
        state_engine.fire_automatic(INTERVIEW_MACHINE, [interview], "end")
        interview_scorecard_service.complete_if_said(interview)  # all scorecards may be in already
    soon = db.session.scalars(locked.where(_soon())).all()
    for interview in soon:
        interview.reminded_at = clock.now()  # no new version: clients do not see it
        interview_mails.remind(interview)
    return {"ended": len(over), "reminded": len(soon)}


def interview_has_started(interview: Any) -> Refusal | None:
    """Refuse unless the interview has begun."""
    begun = interview.starts_at is not None and interview.starts_at <= clock.now()
    return None if begun else Refusal("not_begun", "The interview has not started. Cancel it instead.")


def _over() -> sa.ColumnElement[bool]:
    return sa.and_(Interview.status == InterviewStatus.SCHEDULED, Interview.ends_at <= clock.now())


def _soon() -> sa.ColumnElement[bool]:
    """Interviews that begin within a day and have had no reminder."""
    now = clock.now()
    ahead = sa.and_(Interview.starts_at > now, Interview.starts_at <= now + REMIND_BEFORE)
    return sa.and_(Interview.status == InterviewStatus.SCHEDULED, Interview.reminded_at.is_(None), ahead)


def _set_time(interview: Interview, time: InterviewTime, kit: InterviewKit | None) -> None:
    minutes = time.minutes or (kit.minutes if kit else USUAL_MINUTES)
    if time.starts_at <= clock.now():
        raise Conflict("starts_at must be in the future.", code="in_the_past")
    interview.starts_at, interview.ends_at = time.starts_at, time.starts_at + timedelta(minutes=minutes)
    interview.zone = time.zone or interview.zone
    soon = interview.starts_at <= clock.now() + REMIND_BEFORE
    interview.reminded_at = clock.now() if soon else None  # the invitation is reminder enough


def _kit_of(interview: Interview) -> InterviewKit | None:
    return rows.get(InterviewKit, interview.kit_id) if interview.kit_id else None


EXPANSIONS: dict[str, Expansion] = {
    "candidate": ("candidate_id", candidate_expansions.candidates, None),
    "job": ("job_id", job_expansions.jobs, None),
}


def _list(query: InterviewQuery) -> Page[InterviewListed]:
    page = listing.paginate(filtered(query), Interview, query)
    page.data = [each.model_dump(exclude={"allowed_actions"}) for each in with_panels(page.data)]
    return listing.page_with(InterviewListed, page, query, EXPANSIONS)


def with_panels(found: Sequence[sa.Row[Any]]) -> list[InterviewOut]:
    """Return selected interviews with their panels, which one statement reads."""
    panels = interview_panel.panels([row.id for row in found])
    return [_with_panel(row, panels.get(row.id, [])) for row in found]


def filtered(query: InterviewQuery) -> sa.Select[Any]:
    """Select the interviews that the filters beyond the columns leave."""
    statement = _select().where(*visibility_service.owned_by(Candidate.owner_id, query.owned_by))
    if query.mine is not None:
        own = sa.select(InterviewPanelist.id).where(
            InterviewPanelist.interview_id == Interview.id, InterviewPanelist.user_id == scope.user_id()
        )
        statement = statement.where(own.exists() if query.mine else ~own.exists())
    if query.owes_scorecard is not None:
        owes = interview_panel.owes_scorecard()
        statement = statement.where(owes if query.owes_scorecard else ~owes)
    if query.job_id is not None:
        statement = statement.where(Application.job_id.in_(query.job_id))
    if query.q is not None:
        statement = statement.where(Interview.candidate_id.in_(candidate_search_sql.ids_of(query.q)))
    return statement


def _with_panel(row: sa.Row[Any], panel: Sequence[PanelistOut]) -> InterviewOut:
    return InterviewOut.model_validate({**row._mapping, "panel": panel})


def _select() -> sa.Select[Any]:
    return (
        sa.select(*COLUMNS, Job.title.label("job_title"))
        .select_from(Interview)
        .join(
            Application,
            sa.and_(Application.tenant_id == Interview.tenant_id, Application.id == Interview.application_id),
        )
        .join(Candidate, sa.and_(Candidate.tenant_id == Interview.tenant_id, Candidate.id == Interview.candidate_id))
        .join(Job, sa.and_(Job.tenant_id == Application.tenant_id, Job.id == Application.job_id))
    )
