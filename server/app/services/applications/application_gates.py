"""Gates: what applications must have to enter a stage. Each gate checks many applications at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import (
    Application,
    CandidateResume,
    Interview,
    InterviewPanelist,
    InterviewScorecard,
    JobStage,
    Task,
)
from app.models.interview import InterviewStatus
from app.models.job_stage import StageGate
from app.services.workflow.state_engine import Refusal
from app.utils import scope

Gate = Callable[[Sequence[Application]], set[UUID]]


def refusals(stage: JobStage, applications: Sequence[Any]) -> dict[UUID, Refusal]:
    """Return the applications that a gate of the stage refuses, with the first refusal of each."""
    found: dict[UUID, Refusal] = {}
    with scope.unrestricted("a gate counts what is there, whoever sees it"):
        for name in stage.gates:
            lacks, detail = GATES[StageGate(name)]
            for application_id in lacks(applications):
                found.setdefault(application_id, Refusal(f"gate_{name}", f"{stage.name} requires {detail}."))
    return found


def _without_resume(applications: Sequence[Application]) -> set[UUID]:
    have = sa.select(CandidateResume.candidate_id).where(
        CandidateResume.candidate_id.in_([each.candidate_id for each in applications])
    )
    there = set(db.session.scalars(have))
    return {each.id for each in applications if each.candidate_id not in there}


def _with_open_tasks(applications: Sequence[Application]) -> set[UUID]:
    undone = sa.select(Task.candidate_id, Task.application_id).where(
        Task.candidate_id.in_([each.candidate_id for each in applications]), Task.done_at.is_(None)
    )
    # Without an application: tasks about the person.
    busy = {(row.candidate_id, row.application_id) for row in db.session.execute(undone)}
    of_either = {each.id: {(each.candidate_id, None), (each.candidate_id, each.id)} for each in applications}
    return {application_id for application_id, tasks in of_either.items() if tasks & busy}


def _without_interview(applications: Sequence[Application]) -> set[UUID]:
    ids = [each.id for each in applications]
    done = sa.select(Interview.application_id).where(
        Interview.application_id.in_(ids), Interview.status == InterviewStatus.COMPLETE
    )
    return set(ids) - set(db.session.scalars(done))


def _without_scorecards(applications: Sequence[Application]) -> set[UUID]:
    said = sa.exists().where(
        InterviewScorecard.interview_id == InterviewPanelist.interview_id,
        InterviewScorecard.author_id == InterviewPanelist.user_id,
        InterviewScorecard.submitted_at.is_not(None),
    )
    waiting = (
        sa.select(Interview.application_id)
        .join(
            InterviewPanelist,
            sa.and_(InterviewPanelist.tenant_id == Interview.tenant_id, InterviewPanelist.interview_id == Interview.id),
        )
        .where(
            Interview.application_id.in_([each.id for each in applications]),
            # Not COMPLETE: a user may complete an interview without the missing scorecards.
            Interview.status.in_((InterviewStatus.SCHEDULED, InterviewStatus.AWAITING_FEEDBACK)),
            ~said,
        )
    )
    return set(db.session.scalars(waiting))


GATES: dict[StageGate, tuple[Gate, str]] = {
    StageGate.RESUME: (_without_resume, "a resume of the candidate"),
    StageGate.TASKS_DONE: (_with_open_tasks, "all tasks of the candidate and of the application to be done"),
    StageGate.INTERVIEW_COMPLETE: (_without_interview, "a completed interview"),
    StageGate.SCORECARDS_IN: (_without_scorecards, "every requested scorecard"),
}
