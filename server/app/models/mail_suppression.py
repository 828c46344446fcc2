"""Suppressed addresses: no email is sent to them any more."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped
from app.models.base.types import enum_of


class SuppressionReason(StrEnum):
    """Why an address gets no emails."""

    BOUNCED = "bounced"  # it does not exist, or refuses for ever
    UNSUBSCRIBED = "unsubscribed"  # messages only: emails about an application are still sent
    MANUAL = "manual"  # a user said so


class MailSuppression(TenantScoped, BaseModel):
    """An address that gets no emails; lower-cased."""

    __tablename__ = "mail_suppressions"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "address"),
        sa.Index("ix_mail_suppressions_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
    )

    address: Mapped[str] = mapped_column(sa.String(254))
    reason: Mapped[SuppressionReason] = mapped_column(enum_of(SuppressionReason, "reason"))
    user_id: Mapped[UUID | None]  # who added it by hand; no foreign key: users can be deleted
