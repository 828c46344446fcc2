"""Stage history: the stages and statuses an application was in, recorded in the transaction of each transition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, JobStage, StageHistoryEntry
from app.models.application import ApplicationStatus
from app.schemas.application_schema import StageHistoryOut
from app.schemas.lists import Page
from app.services.core import listing, rows
from app.utils import clock


def list_entries(application_id: UUID) -> Page[StageHistoryOut]:
    """Return the stage history of an application, oldest first."""
    rows.get(Application, application_id)
    at_stage = sa.and_(JobStage.tenant_id == StageHistoryEntry.tenant_id, JobStage.id == StageHistoryEntry.stage_id)
    columns = (
        StageHistoryEntry.stage_id,
        JobStage.name.label("stage_name"),
        StageHistoryEntry.status,
        StageHistoryEntry.entered_at,
        StageHistoryEntry.left_at,
    )
    statement = sa.select(*columns).join(JobStage, at_stage).where(StageHistoryEntry.application_id == application_id)
    return listing.page_as(
        StageHistoryOut,
        listing.single_page(db.session.execute(statement.order_by(StageHistoryEntry.entered_at, StageHistoryEntry.id))),
    )


def last_active_stage(application: Application) -> UUID | None:
    """Return the stage in which an application was last active."""
    active = sa.and_(
        StageHistoryEntry.application_id == application.id, StageHistoryEntry.status == ApplicationStatus.ACTIVE
    )
    latest = (
        sa.select(StageHistoryEntry.stage_id).where(active)
        # Two entries can have the same moment; ids ascend.
        .order_by(StageHistoryEntry.entered_at.desc(), StageHistoryEntry.id.desc())
    )
    return db.session.scalar(latest.limit(1))


def last_two_stages(applications: Sequence[Application]) -> dict[UUID, list[sa.Row[Any]]]:
    """Return the stage before and the present one, by application, as candidates know them; of a new one only that."""
    own = StageHistoryEntry.application_id.in_([each.id for each in applications])
    latest_first = (StageHistoryEntry.entered_at.desc(), StageHistoryEntry.id.desc())
    place = sa.func.row_number().over(partition_by=StageHistoryEntry.application_id, order_by=latest_first)
    columns = (StageHistoryEntry.tenant_id, StageHistoryEntry.application_id, StageHistoryEntry.stage_id)
    entries = sa.select(*columns, place.label("place")).where(own).subquery()
    at_stage = sa.and_(JobStage.tenant_id == entries.c.tenant_id, JobStage.id == entries.c.stage_id)
    shown = (JobStage.kind, JobStage.public_name, JobStage.mails_candidate)
    wanted = sa.select(entries.c.application_id, *shown).join(JobStage, at_stage).where(entries.c.place <= 2)
    found: dict[UUID, list[sa.Row[Any]]] = {}
    for row in db.session.execute(wanted.order_by(entries.c.place.desc())):
        found.setdefault(row.application_id, []).append(row)
    return found


def record_stage_change(applications: Sequence[Application]) -> None:
    """End the current entry of each application, and add one with its present stage and status."""
    now = clock.now()  # one moment for both entries, so that the history has no gaps
    # The insert below bypasses the ORM: the applications that it refers to must be stored already.
    db.session.flush()
    present = sa.and_(
        StageHistoryEntry.application_id.in_([each.id for each in applications]), StageHistoryEntry.left_at.is_(None)
    )
    # Before the insert: a partial unique index allows one entry without `left_at` per application.
    ended = sa.update(StageHistoryEntry).where(present).values(left_at=now).execution_options(synchronize_session=False)
    db.session.execute(ended)
    begun = [
        rows.new_row(
            application_id=each.id, job_id=each.job_id, stage_id=each.stage_id, status=each.status, entered_at=now
        )
        for each in applications
    ]
    db.session.execute(sa.insert(StageHistoryEntry.__table__), begun)
