"""Where applications have stood and how long: kept with every step, in the transaction of the step."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, ApplicationStay, JobStage
from app.models.application import ApplicationStatus
from app.schemas.application_schema import ApplicationStayOut
from app.schemas.common import Page
from app.services.core import listing, rows
from app.utils import clock


def list_stays(application_id: UUID) -> Page[ApplicationStayOut]:
    """Where an application has stood, first to last."""
    rows.get(Application, application_id)
    at_stage = sa.and_(JobStage.tenant_id == ApplicationStay.tenant_id, JobStage.id == ApplicationStay.stage_id)
    columns = (
        ApplicationStay.stage_id,
        JobStage.name.label("stage_name"),
        ApplicationStay.status,
        ApplicationStay.entered_at,
        ApplicationStay.left_at,
    )
    statement = sa.select(*columns).join(JobStage, at_stage).where(ApplicationStay.application_id == application_id)
    return listing.page_as(
        ApplicationStayOut,
        listing.single_page(db.session.execute(statement.order_by(ApplicationStay.entered_at, ApplicationStay.id))),
    )


def last(application: Application) -> UUID | None:
    """The stage at which an application was last on its way."""
    active = sa.and_(
        ApplicationStay.application_id == application.id, ApplicationStay.status == ApplicationStatus.ACTIVE
    )
    latest = (
        sa.select(ApplicationStay.stage_id)
        .where(active)
        .order_by(ApplicationStay.entered_at.desc(), ApplicationStay.id.desc())
    )
    return db.session.scalar(latest.limit(1))


def note_stay(applications: Sequence[Application]) -> None:
    """End the present stay of each application and begin the one that its stage and status tell."""
    now = clock.now()
    db.session.flush()
    present = sa.and_(
        ApplicationStay.application_id.in_([each.id for each in applications]), ApplicationStay.left_at.is_(None)
    )
    ended = sa.update(ApplicationStay).where(present).values(left_at=now).execution_options(synchronize_session=False)
    db.session.execute(ended)
    begun = [
        rows.new_row(
            application_id=each.id, job_id=each.job_id, stage_id=each.stage_id, status=each.status, entered_at=now
        )
        for each in applications
    ]
    db.session.execute(sa.insert(ApplicationStay.__table__), begun)
