"""Mail plans: one message, or a sequence of messages, to many candidates."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, UtcDateTime, enum_of


class MailPlanStatus(StrEnum):
    """The status of a plan."""

    DRAFT = "draft"
    SENT = "sent"  # its messages are queued; they leave after the hold, and by their delays
    UNDONE = "undone"  # what had not left was taken back


class MailPlan(TenantScoped, Versioned, BaseModel):
    """A plan; `steps` are the messages, each some days after the one before."""

    __tablename__ = "mail_plans"
    __keys__ = (
        within_tenant("job_id", "jobs", ondelete="CASCADE"),
        sa.Index("ix_mail_plans_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
    )

    name: Mapped[str] = mapped_column(sa.String(60))
    status: Mapped[MailPlanStatus] = mapped_column(enum_of(MailPlanStatus, "status"), default=MailPlanStatus.DRAFT)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    job_id: Mapped[UUID | None]
    author_id: Mapped[UUID | None]  # no foreign key: users can be deleted
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MailPlanRecipient(TenantScoped, BaseModel):
    """A candidate of a plan; `refusal` says why no message is sent, as known at the dry run or when it was sent."""

    __tablename__ = "mail_plan_recipients"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "plan_id", "candidate_id"),
        within_tenant("plan_id", "mail_plans", ondelete="CASCADE"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        sa.Index("ix_mail_plan_recipients_tenant_id_candidate_id", "tenant_id", "candidate_id"),
        sa.Index("ix_mail_plan_recipients_tenant_id_plan_id_id", "tenant_id", "plan_id", "id"),
    )

    plan_id: Mapped[UUID]
    candidate_id: Mapped[UUID]
    refusal: Mapped[str | None] = mapped_column(sa.String(40))
