"""Tasks about candidates, applications and jobs, and reminders by email about due tasks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Job, Task, User
from app.models.notification import NotificationKind
from app.models.user import UserStatus
from app.schemas.lists import Page
from app.schemas.task_schema import (
    TaskCreate,
    TaskListed,
    TaskQuery,
    TaskUpdate,
)
from app.services.access import active_users, rights, user_expansions, visibility_service
from app.services.collaboration import subjects
from app.services.core import active_tenants, listing, rows
from app.services.core.expansion import Expansion
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.jobs import job_team_service
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About
from app.utils import clock, scope
from app.utils.addresses import addresses
from app.utils.errors import Forbidden

EXPANSIONS: dict[str, Expansion] = {
    **subjects.EXPANSIONS,
    "assignee": ("assignee_id", user_expansions.users, None),
}


def list_tasks(query: TaskQuery) -> Page[TaskListed]:
    """List tasks, filtered."""
    return listing.page_with(TaskListed, listing.paginate(filtered(query), Task, query), query, EXPANSIONS)


def filtered(query: TaskQuery) -> sa.Select[Any]:
    """Select the tasks that the filters beyond the columns leave."""
    statement = sa.select(Task).where(
        subjects.of_readable_jobs(Task) | (Task.assignee_id == scope.user_id()),
        *visibility_service.owned_by(Task.assignee_id, query.assigned_to),
    )
    if query.is_done is not None:
        statement = statement.where(Task.done_at.is_not(None) if query.is_done else Task.done_at.is_(None))
    if query.q is not None:
        statement = statement.where(listing.contains(query.q, Task.title))
    return statement


def get(task_id: UUID) -> Task:
    """Return a task; NotFound if there is none, or the actor may not read the job that it is about."""
    task = rows.get(Task, task_id)
    if task.job_id is not None and rights.lacks(subjects.READ_JOBS) and task.assignee_id != scope.user_id():
        raise rows.not_found(Task)
    return task


@use_case
def create(new: TaskCreate) -> Task:
    """Create a task, assigned to the actor by default; Conflict if the assignee is not active."""
    subject = subjects.columns(new)
    assignee = new.assignee_id or scope.user_id()
    _check_assignee(assignee)
    task = Task(**subject, title=new.title, due_at=new.due_at, assignee_id=assignee, created_by_id=scope.user_id())
    db.session.add(task)
    db.session.flush()  # the event needs the id
    event_service.record("task.created", task, assignee_id=assignee)
    _notify_assignee(task)
    return task


@use_case
def update(task_id: UUID, changes: TaskUpdate, if_match: int | None) -> Task:
    """Change, complete or reopen a task; Forbidden for another user's task about a job."""
    _check_change(get(task_id))
    task = rows.lock_for_update(Task, task_id, if_match)
    values: dict[str, Any] = changes.model_dump(exclude_unset=True)
    _check_assignee(values.get("assignee_id"))
    done = values.pop("is_done", None)
    if done is not None and done != (task.done_at is not None):  # completing again keeps the first time
        values["done_at"] = clock.now() if done else None
    if "due_at" in values:
        values["reminded_at"] = None  # a new due time brings a new reminder
    changed = rows.apply_changes(task, values)
    event_service.record("task.updated", task, changed=changed)
    if "assignee_id" in changed:
        _notify_assignee(task)
    return task


def _check_change(task: Task) -> None:
    """Forbidden for a task about a job, which everybody sees, unless it is the actor's own or the job is."""
    if task.job_id is None or not rights.lacks("jobs.update"):
        return
    mine = sa.select(Job.id).where(Job.id == task.job_id, job_team_service.is_mine(Job.id, True))
    own = scope.user_id() in (task.assignee_id, task.created_by_id) and scope.user_id() is not None
    if not own and db.session.scalar(mine) is None:
        raise Forbidden("This task belongs to another user, and its job is not yours.", code="not_your_task")


def _notify_assignee(task: Task) -> None:
    """Notify the user to whom somebody else assigned a task."""
    for user in active_users.among([task.assignee_id] if task.assignee_id else []):
        key, about = f"task_assigned:{task.id}:{task.version}", About(task, task.candidate_id, task.job_id)
        notification_service.notify(user, NotificationKind.TASK_ASSIGNED, key, {"link": subjects.link(task)}, about)


@use_case
def delete(task_id: UUID) -> None:
    """Delete a task; Forbidden for another user's task about a job."""
    _check_change(get(task_id))
    task = rows.lock_for_update(Task, task_id)
    event_service.record("task.deleted", task)
    db.session.delete(task)


def tenants_with_due() -> list[str]:
    """Return the tenants with due tasks that need a reminder, as text; in the platform's scope."""
    return active_tenants.having(Task, _due())


@use_case
def remind() -> int:
    """Email each user of the bound tenant about their due tasks, once per task; return the number of tasks."""
    # A task that a user is just editing waits for the next hourly run.
    tasks = db.session.scalars(sa.select(Task).where(_due()).with_for_update(skip_locked=True)).all()
    by_assignee: dict[UUID, list[Task]] = {}
    for task in tasks:
        task.reminded_at = clock.now()
        assert task.assignee_id is not None  # `_due` requires an active assignee
        by_assignee.setdefault(task.assignee_id, []).append(task)
    for user in active_users.among(by_assignee):
        own = by_assignee[user.id]
        context = {"count": len(own), "link": f"{addresses.app}/tasks"}
        # With the version, because a task with a new due time is reminded of again.
        key, about = f"tasks_due:{own[0].id}:{own[0].version}", About(own[0], own[0].candidate_id, own[0].job_id)
        notification_service.notify(user, NotificationKind.TASKS_DUE, key, context, about)
    return len(tasks)


def _due() -> Any:
    # Tasks of a suspended user stay due, and are reminded of once the user is active again.
    active = sa.exists().where(
        User.tenant_id == Task.tenant_id,
        User.id == Task.assignee_id,
        User.status == UserStatus.ACTIVE,
    )
    open_ones = sa.and_(Task.done_at.is_(None), Task.reminded_at.is_(None), active)
    return sa.and_(Task.due_at <= clock.now(), open_ones)


def _check_assignee(user_id: UUID | None) -> None:
    if user_id is not None:
        active_users.require(user_id, "tasks")
