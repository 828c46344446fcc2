"""Tasks about candidates, and reminders by email about due tasks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateTask, User
from app.models.notification import NotificationKind
from app.models.user import UserStatus
from app.schemas.candidate_task_schema import (
    CandidateTaskCreate,
    CandidateTaskListed,
    CandidateTaskQuery,
    CandidateTaskUpdate,
)
from app.schemas.lists import Page
from app.services.access import active_users, visibility_service
from app.services.candidates import candidate_expansions
from app.services.core import active_tenants, listing, rows
from app.services.core.expansion import Expansion
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About
from app.utils import clock, scope
from app.utils.addresses import addresses

EXPANSIONS: dict[str, Expansion] = {
    "candidate": ("candidate_id", candidate_expansions.candidates, None),
    "assignee": ("assignee_id", candidate_expansions.users, None),
}


def list_tasks(query: CandidateTaskQuery) -> Page[CandidateTaskListed]:
    """List tasks, filtered."""
    return listing.page_with(
        CandidateTaskListed, listing.paginate(filtered(query), CandidateTask, query), query, EXPANSIONS
    )


def filtered(query: CandidateTaskQuery) -> sa.Select[Any]:
    """Select the tasks that the filters beyond the columns leave."""
    statement = sa.select(CandidateTask).where(
        *visibility_service.owned_by(CandidateTask.assignee_id, query.assigned_to)
    )
    if query.is_done is not None:
        statement = statement.where(
            CandidateTask.done_at.is_not(None) if query.is_done else CandidateTask.done_at.is_(None)
        )
    if query.q is not None:
        statement = statement.where(listing.contains(query.q, CandidateTask.title))
    return statement


def get(task_id: UUID) -> CandidateTask:
    """Return a task; NotFound if there is none."""
    return rows.get(CandidateTask, task_id)


@use_case
def create(new: CandidateTaskCreate) -> CandidateTask:
    """Create a task, assigned to the actor by default; Conflict if the assignee is not active."""
    rows.get(Candidate, new.candidate_id)
    assignee = new.assignee_id or scope.user_id()
    _check_assignee(assignee)
    task = CandidateTask(**new.model_dump(exclude={"assignee_id"}), assignee_id=assignee, created_by_id=scope.user_id())
    db.session.add(task)
    db.session.flush()  # the event needs the id
    event_service.record("candidate_task.created", task, assignee_id=assignee)
    _notify_assignee(task)
    return task


@use_case
def update(task_id: UUID, changes: CandidateTaskUpdate, if_match: int | None) -> CandidateTask:
    """Change, complete or reopen a task."""
    task = rows.lock_for_update(CandidateTask, task_id, if_match)
    values: dict[str, Any] = changes.model_dump(exclude_unset=True)
    _check_assignee(values.get("assignee_id"))
    done = values.pop("is_done", None)
    if done is not None and done != (task.done_at is not None):  # completing again keeps the first time
        values["done_at"] = clock.now() if done else None
    if "due_at" in values:
        values["reminded_at"] = None  # a new due time brings a new reminder
    changed = rows.apply_changes(task, values)
    event_service.record("candidate_task.updated", task, changed=changed)
    if "assignee_id" in changed:
        _notify_assignee(task)
    return task


def _notify_assignee(task: CandidateTask) -> None:
    """Notify the user to whom somebody else assigned a task."""
    for user in active_users.among([task.assignee_id] if task.assignee_id else []):
        key, about = f"task_assigned:{task.id}:{task.version}", About(task, task.candidate_id)
        context = {"link": f"{addresses.app}/candidates/{task.candidate_id}"}
        notification_service.notify(user, NotificationKind.TASK_ASSIGNED, key, context, about)


@use_case
def delete(task_id: UUID) -> None:
    """Delete a task."""
    task = rows.lock_for_update(CandidateTask, task_id)
    event_service.record("candidate_task.deleted", task)
    db.session.delete(task)


def tenants_with_due() -> list[str]:
    """Return the tenants with due tasks that need a reminder, as text; in the platform's scope."""
    return active_tenants.having(CandidateTask, _due())


@use_case
def remind() -> int:
    """Email each user of the bound tenant about their due tasks, once per task; return the number of tasks."""
    # A task that a user is just editing waits for the next hourly run.
    tasks = db.session.scalars(sa.select(CandidateTask).where(_due()).with_for_update(skip_locked=True)).all()
    by_assignee: dict[UUID, list[CandidateTask]] = {}
    for task in tasks:
        task.reminded_at = clock.now()
        assert task.assignee_id is not None  # `_due` requires an active assignee
        by_assignee.setdefault(task.assignee_id, []).append(task)
    for user in active_users.among(by_assignee):
        own = by_assignee[user.id]
        context = {"count": len(own), "link": f"{addresses.app}/tasks"}
        # With the version, because a task with a new due time is reminded of again.
        key, about = f"tasks_due:{own[0].id}:{own[0].version}", About(own[0], own[0].candidate_id)
        notification_service.notify(user, NotificationKind.TASKS_DUE, key, context, about)
    return len(tasks)


def _due() -> Any:
    # Tasks of a suspended user stay due, and are reminded of once the user is active again.
    active = sa.exists().where(
        User.tenant_id == CandidateTask.tenant_id,
        User.id == CandidateTask.assignee_id,
        User.status == UserStatus.ACTIVE,
    )
    open_ones = sa.and_(CandidateTask.done_at.is_(None), CandidateTask.reminded_at.is_(None), active)
    return sa.and_(CandidateTask.due_at <= clock.now(), open_ones)


def _check_assignee(user_id: UUID | None) -> None:
    if user_id is not None:
        active_users.require(user_id, "tasks")
