"""The pipeline board of a job, in a constant number of statements however many applications there are."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Candidate, Job, JobStage, StageHistoryEntry
from app.models.application import ApplicationStatus
from app.schemas.application_schema import ApplicationQuery
from app.schemas.job_board_schema import BoardCard, BoardEnd, BoardOut, BoardQuery, BoardStage
from app.services.core import listing, rows


def get(job_id: UUID, query: BoardQuery) -> BoardOut:
    """Return the stages of a job with counts and first cards; a removed stage only if it has active applications."""
    rows.get(Job, job_id)
    where = _where(job_id, query.as_of)
    counts = _counts(where)
    cards = _cards(where, query.cards) if query.cards else {}
    # Removed stages come last; the databases differ in where they sort nulls.
    order = (JobStage.position.is_(None), JobStage.position, JobStage.id)
    stages = db.session.scalars(sa.select(JobStage).where(JobStage.job_id == job_id).order_by(*order)).all()
    active = {stage_id: count for (stage_id, status), count in counts.items() if status == ApplicationStatus.ACTIVE}
    shown = [stage for stage in stages if stage.position is not None or active.get(stage.id)]
    return BoardOut(
        job_id=job_id,
        as_of=query.as_of,
        stages=[_stage(stage, active.get(stage.id, 0), cards.get(stage.id, [])) for stage in shown],
        ended=_ended(counts),
    )


class _Where:
    """Where stages and statuses are read from: the applications for now, the stage history for a past moment."""

    def __init__(self, table: Any, statement: Any) -> None:
        self.stage_id, self.status = table.stage_id, table.status
        self.entered_at = table.stage_entered_at if table is Application else table.entered_at
        self.statement = statement


def _where(job_id: UUID, as_of: datetime | None) -> _Where:
    if as_of is None:
        return _Where(Application, sa.select().select_from(Application).where(Application.job_id == job_id))
    # Half-open, so that the moment at which one entry ends and the next begins counts once.
    then = sa.and_(
        StageHistoryEntry.entered_at <= as_of,
        sa.or_(StageHistoryEntry.left_at.is_(None), StageHistoryEntry.left_at > as_of),
    )
    # The join limits the entries to applications of visible candidates: stage history has no such rule itself.
    own = sa.and_(
        Application.tenant_id == StageHistoryEntry.tenant_id, Application.id == StageHistoryEntry.application_id
    )
    return _Where(
        StageHistoryEntry,
        sa.select()
        .select_from(StageHistoryEntry)
        .join(Application, own)
        .where(StageHistoryEntry.job_id == job_id, then),
    )


def _counts(where: _Where) -> dict[tuple[UUID, ApplicationStatus], int]:
    columns = where.statement.add_columns(where.stage_id, where.status, sa.func.count(Application.id))
    found = db.session.execute(columns.group_by(where.stage_id, where.status)).all()
    return {(stage_id, status): count for stage_id, status, count in found}


def _cards(where: _Where, most: int) -> dict[UUID, list[BoardCard]]:
    """Return the applications that have been in each stage longest."""
    # On the present board, this is the order of ix_applications_tenant_id_job_id_status_stage_id_entered.
    place = sa.func.row_number().over(partition_by=where.stage_id, order_by=(where.entered_at, Application.id))
    ranked = (
        where.statement.add_columns(
            Application.id.label("application_id"),
            Application.candidate_id,
            where.stage_id.label("stage_id"),
            where.entered_at.label("stage_entered_at"),
            place.label("place"),
        )
        .where(where.status == ApplicationStatus.ACTIVE)
        .subquery()
    )
    person = sa.and_(Candidate.id == ranked.c.candidate_id)
    statement = sa.select(ranked, Candidate.name.label("candidate_name")).join(Candidate, person)
    cards: defaultdict[UUID, list[BoardCard]] = defaultdict(list)
    for row in db.session.execute(statement.where(ranked.c.place <= most).order_by(ranked.c.place)):
        cards[row.stage_id].append(BoardCard.model_validate(row))
    return cards


def _stage(stage: JobStage, count: int, cards: list[BoardCard]) -> BoardStage:
    query = ApplicationQuery(
        job_id=[stage.job_id], stage_id=[stage.id], status=[ApplicationStatus.ACTIVE], sort="stage_entered_at"
    )
    url = listing.address("applications", query)
    of_stage = {name: getattr(stage, name) for name in ("id", "name", "kind", "position")}
    return BoardStage(**of_stage, count=count, cards=cards, url=url)


def _ended(counts: dict[tuple[UUID, ApplicationStatus], int]) -> list[BoardEnd]:
    total: dict[ApplicationStatus, int] = dict.fromkeys(ApplicationStatus, 0)
    for (_, status), count in counts.items():
        total[status] += count
    return [BoardEnd(status=each, count=total[each]) for each in total if each != ApplicationStatus.ACTIVE]
