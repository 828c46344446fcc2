"""Applications: a candidate's progress through the stages of a job."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.state_machine import StateMachine, Transition
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, UtcDateTime, enum_of
from app.utils import clock


class ApplicationStatus(StrEnum):
    """The status of an application, independent of its stage."""

    ACTIVE = "active"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    HIRED = "hired"
    TRANSFERRED = "transferred"  # final: goes on as an application for another job


LIVE = (ApplicationStatus.ACTIVE, ApplicationStatus.HIRED)  # at most one per candidate and job
MOVE, HIRE = "applications.move", "applications.hire"
# Effects of every step that takes an application out of its stage silently, and of every end of one.
LEFT = ("record_stage_change", "cancel_move_mail", "settle_screenings")
SETTLED = ("void_offers", "cancel_interviews")
APPLICATION_MACHINE = StateMachine(
    "application",
    (
        Transition(
            ApplicationStatus.ACTIVE,
            "move",
            ApplicationStatus.ACTIVE,
            MOVE,
            effects=("record_stage_change", "settle_screenings", "run_automations", "mail_move"),
        ),
        Transition(
            ApplicationStatus.ACTIVE,
            "move_back",  # the undo of a bulk move: no automations, no mail, and none that waits
            ApplicationStatus.ACTIVE,
            None,
            is_automatic=True,
            effects=LEFT,
        ),
        Transition(
            ApplicationStatus.ACTIVE,
            "reject",
            ApplicationStatus.REJECTED,
            MOVE,
            needs_reason=True,
            effects=(*LEFT, "mail_rejection_later", *SETTLED),
        ),
        Transition(
            ApplicationStatus.ACTIVE,
            "withdraw",
            ApplicationStatus.WITHDRAWN,
            MOVE,
            effects=(*LEFT, *SETTLED),
        ),
        Transition(
            ApplicationStatus.ACTIVE,
            "transfer",
            ApplicationStatus.TRANSFERRED,
            MOVE,
            effects=(*LEFT, *SETTLED),
        ),
        Transition(
            ApplicationStatus.ACTIVE,
            "hire",
            ApplicationStatus.HIRED,
            MOVE,
            guards=("has_accepted_offer", "has_free_opening"),  # an offer, unless the actor may hire without one
            # In this order: taking an opening sets the hired stage, which is then recorded.
            effects=("take_opening", *LEFT, "mail_hire"),
        ),
        Transition(
            ApplicationStatus.ACTIVE,
            "screen_out",  # an answer to a screening question does not pass
            ApplicationStatus.REJECTED,
            None,
            is_automatic=True,
            effects=(*LEFT, "mail_rejection_later", *SETTLED),
        ),
        Transition(
            ApplicationStatus.ACTIVE,
            "withdraw_by_candidate",  # with the link in the receipt
            ApplicationStatus.WITHDRAWN,
            None,
            is_automatic=True,
            effects=(*LEFT, *SETTLED, "notify_owners"),
        ),
        Transition(
            ApplicationStatus.REJECTED,
            "reopen",
            ApplicationStatus.ACTIVE,
            MOVE,
            effects=("record_stage_change", "cancel_rejection_mail"),  # if the delayed mail was not sent yet
        ),
        Transition(
            ApplicationStatus.WITHDRAWN,
            "reopen",
            ApplicationStatus.ACTIVE,
            MOVE,
            effects=("record_stage_change", "wait_again_after_reopening"),
        ),
        Transition(
            ApplicationStatus.HIRED,
            "unhire",
            ApplicationStatus.ACTIVE,
            HIRE,
            # In this order: the first reads the stage before the hire from the history.
            effects=("release_opening", "record_stage_change", "cancel_hire_mail"),
        ),
    ),
)


class Application(TenantScoped, Versioned, BaseModel):
    """An application; a partial unique index allows one live application per candidate and job."""

    __tablename__ = "applications"
    __keys__ = (
        within_tenant("candidate_id", "candidates"),
        within_tenant("job_id", "jobs"),
        within_tenant("stage_id", "job_stages"),
        within_tenant("rejection_reason_id", "rejection_reasons"),
        within_tenant("opening_id", "job_openings"),
        sa.UniqueConstraint("tenant_id", "opening_id"),  # an opening is filled once; NULLs may repeat
        within_tenant("tracking_link_id", "tracking_links"),
        sa.Index("ix_applications_tenant_id_tracking_link_id", "tenant_id", "tracking_link_id"),
        within_tenant("transferred_from_id", "applications", ondelete="CASCADE"),
        sa.Index("ix_applications_tenant_id_candidate_id", "tenant_id", "candidate_id"),
        sa.Index("ix_applications_tenant_id_job_id_stage_id", "tenant_id", "job_id", "stage_id"),
        sa.Index(
            "ix_applications_tenant_id_job_id_status_stage_id_entered",  # the pipeline board: longest in a stage first
            "tenant_id",
            "job_id",
            "status",
            "stage_id",
            "stage_entered_at",
            "id",
        ),
        sa.Index("ix_applications_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
        sa.Index("ix_applications_tenant_id_last_activity_at_id", "tenant_id", "last_activity_at", "id"),
        sa.Index("ix_applications_tenant_id_updated_at_id", "tenant_id", "updated_at", "id"),
        sa.Index(
            "uq_applications_tenant_id_job_id_candidate_id_live",  # ended ones may repeat: people apply again
            "tenant_id",
            "job_id",
            "candidate_id",
            unique=True,
            sqlite_where=sa.text("status in ('active', 'hired')"),
            postgresql_where=sa.text("status in ('active', 'hired')"),
        ),
    )

    candidate_id: Mapped[UUID]
    job_id: Mapped[UUID]
    stage_id: Mapped[UUID]
    status: Mapped[ApplicationStatus] = mapped_column(
        enum_of(ApplicationStatus, "status"), default=ApplicationStatus.ACTIVE
    )
    status_reason: Mapped[str | None] = mapped_column(sa.String(500))  # free text, else the name of the reason
    rejection_reason_id: Mapped[UUID | None] = mapped_column()
    opening_id: Mapped[UUID | None] = mapped_column(doc="the opening that this hire fills")
    source: Mapped[str | None] = mapped_column(sa.String(60))
    tracking_link_id: Mapped[UUID | None] = mapped_column()  # kept by transfers, like `source`
    transferred_from_id: Mapped[UUID | None] = mapped_column()
    custom_fields: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")  # by the field's key
    # A question's rule stopped it (`screening.py`); here, too, so that each step knows without a statement.
    awaits_screening: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    stage_entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, doc="when the candidate withdrew by the link, also where it had been rejected already"
    )
    # Of people, up to a minute late (`last_activity_service`). The default is that of rows from before it was kept.
    last_activity_at: Mapped[datetime] = mapped_column(
        UtcDateTime, default=clock.now, server_default="1970-01-01 00:00:00+00:00"
    )
    applied_at: Mapped[datetime] = mapped_column(
        UtcDateTime, default=clock.now, doc="when the candidate came, also where the application was transferred since"
    )
