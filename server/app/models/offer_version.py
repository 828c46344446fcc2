"""Earlier terms of offers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import UtcDateTime, enum_of
from app.models.candidate import PayPeriod
from app.models.job import EmploymentType
from app.models.offer import OfferStatus


class OfferVersion(TenantScoped, BaseModel):
    """The terms of an offer before a change that made the next version; never changed."""

    __tablename__ = "offer_versions"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "offer_id", "revision"),
        within_tenant("offer_id", "offers", ondelete="CASCADE"),
        within_tenant("application_id", "applications", ondelete="CASCADE"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        sa.Index("ix_offer_versions_tenant_id_application_id", "tenant_id", "application_id"),
        sa.Index("ix_offer_versions_tenant_id_candidate_id", "tenant_id", "candidate_id"),
    )

    offer_id: Mapped[UUID]
    # Both copied from the offer: visibility, merges and erasures go by them.
    application_id: Mapped[UUID]
    candidate_id: Mapped[UUID]
    revision: Mapped[int]
    status: Mapped[OfferStatus] = mapped_column(enum_of(OfferStatus, "status"), doc="when the terms were replaced")
    title: Mapped[str] = mapped_column(sa.String(200))
    pay_amount: Mapped[Decimal] = mapped_column(sa.Numeric(12, 2))
    pay_currency: Mapped[str] = mapped_column(sa.String(3))
    pay_period: Mapped[PayPeriod] = mapped_column(enum_of(PayPeriod, "pay_period"))
    employment_type: Mapped[EmploymentType | None] = mapped_column(enum_of(EmploymentType, "employment_type"))
    start_on: Mapped[date | None]
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    conditions: Mapped[str | None] = mapped_column(sa.Text)
    document_id: Mapped[UUID | None] = mapped_column(doc="the letter that was sent; no foreign key: it may be deleted")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    viewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def pay(self) -> dict[str, Any]:
        """The offered pay."""
        return {"amount": self.pay_amount, "currency": self.pay_currency, "period": self.pay_period}
