"""Stage automations: what happens to applications when they enter a stage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Candidate, JobStage, Task
from app.services.access import active_users
from app.services.applications import application_mails
from app.services.core.registry import register
from app.services.events import event_service
from app.utils import clock, scope

Action = Callable[[dict[str, Any], Sequence[Application], int], None]
ACTIONS: dict[str, Action] = {}  # the interview package, a layer above, adds its own


def action(kind: str) -> Callable[[Action], Action]:
    """Return a decorator that registers the handler of a kind of automation."""
    return partial(register, ACTIONS, kind)


def run_automations(applications: Sequence[Application]) -> None:
    """Run the automations of each application's stage, with a constant number of reads per stage; inside a use case."""
    by_stage: defaultdict[UUID, list[Application]] = defaultdict(list)
    for each in applications:
        by_stage[each.stage_id].append(each)
    for stage_id, those in by_stage.items():
        for number, automation in enumerate(db.session.get_one(JobStage, stage_id).automations):
            ACTIONS[automation["kind"]](automation, those, number)


@action("task")
def _add_tasks(automation: dict[str, Any], applications: Sequence[Application], number: int) -> None:
    """Create the tasks, each assigned to the first active user of: the named user, the candidate's owner, the actor."""
    owners: dict[UUID, UUID | None] = {
        row.id: row.owner_id
        for row in db.session.execute(
            sa.select(Candidate.id, Candidate.owner_id).where(
                Candidate.id.in_([each.candidate_id for each in applications])
            )
        )
    }
    named = UUID(automation["assignee_id"]) if automation.get("assignee_id") else None
    wanted = {named, scope.user_id(), *owners.values()} - {None}
    # The named user was active when the stage was set up, but need not be any more.
    active = {user.id for user in active_users.among(each for each in wanted if each is not None)}
    due_at = clock.now() + timedelta(days=automation["due_in_days"])
    tasks = []
    for application in applications:
        choice = (named, owners.get(application.candidate_id), scope.user_id())
        assignee = next((each for each in choice if each in active), None)
        task = Task(title=automation["title"], due_at=due_at)
        task.candidate_id, task.application_id = application.candidate_id, application.id
        task.assignee_id, task.created_by_id = assignee, scope.user_id()
        tasks.append(task)
    db.session.add_all(tasks)
    db.session.flush()  # the events need the ids
    for task in tasks:
        event_service.record("task.created", task, assignee_id=task.assignee_id)


@action("mail")
def _mail(automation: dict[str, Any], applications: Sequence[Application], number: int) -> None:
    context = {"subject": automation.get("subject"), "text": automation.get("body")}
    template, minutes = automation.get("template"), automation.get("delay_minutes") or 0
    # A stage can have several mail automations: the number keeps their delivery keys apart.
    application_mails.queue_note(applications, template, minutes, key=str(number), context=context)
