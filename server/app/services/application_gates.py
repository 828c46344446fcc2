"""What applications must have before they enter a stage; each gate is asked once for many of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, CandidateResume, CandidateTask, JobStage
from app.models.job_stage import StageGate
from app.services.state_engine import Refusal

Gate = Callable[[Sequence[Application]], set[UUID]]


def refusals(stage: JobStage, applications: Sequence[Application]) -> dict[UUID, Refusal]:
    """Those of the applications that a gate of the stage keeps out, and why."""
    found: dict[UUID, Refusal] = {}
    for name in stage.gates:
        lacks, detail = GATES[StageGate(name)]
        for application_id in lacks(applications):
            found.setdefault(application_id, Refusal(f"gate_{name}", f"{stage.name} needs {detail}."))
    return found


def _without_resume(applications: Sequence[Application]) -> set[UUID]:
    have = sa.select(CandidateResume.candidate_id).where(
        CandidateResume.candidate_id.in_([each.candidate_id for each in applications])
    )
    there = set(db.session.scalars(have))
    return {each.id for each in applications if each.candidate_id not in there}


def _with_open_tasks(applications: Sequence[Application]) -> set[UUID]:
    undone = sa.select(CandidateTask.candidate_id).where(
        CandidateTask.candidate_id.in_([each.candidate_id for each in applications]), CandidateTask.done_at.is_(None)
    )
    busy = set(db.session.scalars(undone))
    return {each.id for each in applications if each.candidate_id in busy}


GATES: dict[StageGate, tuple[Gate, str]] = {
    StageGate.RESUME: (_without_resume, "a resume of the candidate"),
    StageGate.TASKS_DONE: (_with_open_tasks, "all tasks about the candidate done"),
}
