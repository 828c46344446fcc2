"""The ordered stages that reports group by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Job, JobStage, StageHistoryEntry
from app.models.job_stage import StageKind
from app.services.core import rows
from app.services.core.rows import scalar_lookup

ORDER = {kind: place for place, kind in enumerate(StageKind)}  # StageKind is declared in the order of a pipeline


@dataclass(frozen=True)
class Steps:
    """Ordered stages: those of one job, or stage kinds if several jobs are reported together.

    `column` is the expression that identifies the step of a stage history entry.
    """

    labels: dict[str, str]
    ranks: dict[Any, int]
    column: Any
    kinds: dict[str, StageKind]

    @property
    def rank(self) -> Any:
        """The position of the stage in the order."""
        return sa.case(self.ranks, value=self.column)

    @property
    def key(self) -> Any:
        """The key of the step, as text."""
        named = dict(zip(self.ranks, self.labels, strict=True))
        return sa.case({value: sa.literal(key, sa.String) for value, key in named.items()}, value=self.column)

    def table(self) -> sa.Subquery:
        """The steps as rows of `rank` and `key`."""
        each = [
            sa.select(sa.literal(rank).label("rank"), sa.literal(key).label("key"))
            for rank, key in enumerate(self.labels)
        ]
        return sa.union_all(*each).subquery("steps")


def steps(job_id: UUID | None) -> Steps:
    """Return the stage kinds, or the stages of a job including the removed ones."""
    if job_id is None:
        labels = {str(kind): kind.capitalize() for kind in StageKind}
        return Steps(
            labels,
            dict(ORDER),
            scalar_lookup(JobStage.kind, StageHistoryEntry.stage_id),
            {str(kind): kind for kind in StageKind},
        )
    rows.get(Job, job_id)
    # With the removed stages, which applications of the period may have reached.
    found = db.session.scalars(sa.select(JobStage).where(JobStage.job_id == job_id)).all()
    ordered = sorted(found, key=lambda stage: (*_place(stage), stage.id))  # the id, for two removed from one position
    ranks = {stage.id: rank for rank, stage in enumerate(ordered)}
    kinds = {str(stage.id): stage.kind for stage in ordered}
    return Steps({str(stage.id): stage.name for stage in ordered}, ranks, StageHistoryEntry.stage_id, kinds)


def _place(stage: JobStage) -> tuple[int, bool]:
    """Order a removed stage before the stage that took its position."""
    # Stages that were removed before `last_position` existed have none, and come first.
    return (stage.last_position or 0, False) if stage.position is None else (stage.position, True)
