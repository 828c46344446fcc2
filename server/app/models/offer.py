"""Offers to candidates: terms and status."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.state_machine import StateMachine, Transition
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, UtcDateTime, enum_of
from app.models.candidate import PayPeriod
from app.models.job import EmploymentType


class OfferStatus(StrEnum):
    """The status of an offer."""

    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    APPROVAL_REJECTED = "approval_rejected"
    APPROVED = "approved"
    SENT = "sent"
    VIEWED = "viewed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    RESCINDED = "rescinded"
    RENEGED = "reneged"


UPDATE, SEND = "offers.update", "offers.send"
# An accepted offer counts: the application must not get a second one while it stands.
OPEN = (
    OfferStatus.DRAFT,
    OfferStatus.PENDING_APPROVAL,
    OfferStatus.APPROVAL_REJECTED,
    OfferStatus.APPROVED,
    OfferStatus.SENT,
    OfferStatus.VIEWED,
    OfferStatus.ACCEPTED,
)
SENT = (OfferStatus.SENT, OfferStatus.VIEWED)  # the candidate can answer it
OFFER_MACHINE = StateMachine(
    "offer",
    (
        Transition(
            OfferStatus.DRAFT,
            "submit",
            OfferStatus.PENDING_APPROVAL,
            UPDATE,
            guards=("offer_has_approvers",),
            effects=("request_offer_approvals",),
        ),
        Transition(
            OfferStatus.DRAFT,
            "send",
            OfferStatus.SENT,
            SEND,
            guards=("offer_has_no_approvers",),
            effects=("mail_offer",),
        ),
        Transition(OfferStatus.PENDING_APPROVAL, "approve", OfferStatus.APPROVED, None, is_automatic=True),
        Transition(OfferStatus.PENDING_APPROVAL, "deny", OfferStatus.APPROVAL_REJECTED, None, is_automatic=True),
        Transition(
            OfferStatus.PENDING_APPROVAL,
            "amend",
            OfferStatus.DRAFT,
            None,
            is_automatic=True,
            effects=("cancel_offer_approvals",),
        ),
        Transition(OfferStatus.APPROVAL_REJECTED, "amend", OfferStatus.DRAFT, None, is_automatic=True),
        Transition(OfferStatus.APPROVED, "amend", OfferStatus.DRAFT, None, is_automatic=True),
        Transition(OfferStatus.APPROVED, "send", OfferStatus.SENT, SEND, effects=("mail_offer",)),
        Transition(OfferStatus.SENT, "view", OfferStatus.VIEWED, None, is_automatic=True),
        *(
            step
            for source in SENT
            for step in (
                Transition(source, "amend", OfferStatus.DRAFT, None, is_automatic=True),
                Transition(
                    source,
                    "accept",
                    OfferStatus.ACCEPTED,
                    None,
                    is_automatic=True,
                    effects=("note_acceptance", "mail_acceptance", "notify_owner"),
                ),
                Transition(source, "decline", OfferStatus.DECLINED, None, is_automatic=True, effects=("notify_owner",)),
                Transition(source, "expire", OfferStatus.EXPIRED, None, is_automatic=True, effects=("notify_owner",)),
                Transition(
                    source,
                    "record_acceptance",  # it came another way, such as by phone
                    OfferStatus.ACCEPTED,
                    SEND,
                    needs_reason=True,
                    effects=("note_acceptance",),
                ),
                Transition(source, "record_decline", OfferStatus.DECLINED, SEND, needs_reason=True),
                Transition(
                    source, "rescind", OfferStatus.RESCINDED, SEND, needs_reason=True, effects=("mail_rescission",)
                ),
            )
        ),
        Transition(
            OfferStatus.PENDING_APPROVAL,
            "rescind",
            OfferStatus.RESCINDED,
            SEND,
            needs_reason=True,
            effects=("cancel_offer_approvals",),
        ),
        # The candidate has not seen it, so nobody is mailed.
        *(
            Transition(source, "rescind", OfferStatus.RESCINDED, SEND, needs_reason=True)
            for source in (OfferStatus.DRAFT, OfferStatus.APPROVAL_REJECTED, OfferStatus.APPROVED)
        ),
        # The application ended.
        *(Transition(source, "void", OfferStatus.RESCINDED, None, is_automatic=True) for source in OPEN),
        Transition(
            OfferStatus.ACCEPTED,
            "renege",  # the candidate withdraws an acceptance
            OfferStatus.RENEGED,
            SEND,
            needs_reason=True,
            guards=("offer_led_to_no_hire",),
        ),
    ),
)
IS_OPEN = f"status in ({', '.join(repr(str(each)) for each in OPEN)})"


class Offer(TenantScoped, Versioned, BaseModel):
    """An offer; at most one is open per application. `revision` is the number of the current version of its terms."""

    __tablename__ = "offers"
    __keys__ = (
        within_tenant("application_id", "applications", ondelete="CASCADE"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("job_id", "jobs"),
        within_tenant("template_id", "offer_templates"),
        within_tenant("document_id", "candidate_documents"),
        within_tenant("created_by_id", "users"),
        sa.Index("ix_offers_tenant_id_application_id", "tenant_id", "application_id"),
        sa.Index("ix_offers_tenant_id_candidate_id", "tenant_id", "candidate_id"),
        sa.Index("ix_offers_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
        sa.Index("ix_offers_tenant_id_status_expires_at", "tenant_id", "status", "expires_at"),
        sa.Index(
            "uq_offers_tenant_id_application_id_open",
            "tenant_id",
            "application_id",
            unique=True,
            sqlite_where=sa.text(IS_OPEN),
            postgresql_where=sa.text(IS_OPEN),
        ),
    )

    application_id: Mapped[UUID]
    candidate_id: Mapped[UUID]
    job_id: Mapped[UUID]
    template_id: Mapped[UUID | None]
    document_id: Mapped[UUID | None] = mapped_column(doc="the letter that was sent")
    created_by_id: Mapped[UUID | None]  # notified of the outcome
    revision: Mapped[int] = mapped_column(default=1)  # a link to an earlier one is invalid
    status: Mapped[OfferStatus] = mapped_column(enum_of(OfferStatus, "status"), default=OfferStatus.DRAFT)
    status_reason: Mapped[str | None] = mapped_column(sa.String(500))
    title: Mapped[str] = mapped_column(sa.String(200))
    pay_amount: Mapped[Decimal] = mapped_column(sa.Numeric(12, 2))
    pay_currency: Mapped[str] = mapped_column(sa.String(3))
    pay_period: Mapped[PayPeriod] = mapped_column(enum_of(PayPeriod, "pay_period"))
    employment_type: Mapped[EmploymentType | None] = mapped_column(enum_of(EmploymentType, "employment_type"))
    start_on: Mapped[date | None]
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    conditions: Mapped[str | None] = mapped_column(sa.Text)
    custom_fields: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")  # by the field's key
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    viewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_name: Mapped[str | None] = mapped_column(sa.String(200))
    signed_sha256: Mapped[str | None] = mapped_column(sa.String(64), doc="of the letter that was signed")

    @property
    def pay(self) -> dict[str, Any]:
        """The offered pay."""
        return {"amount": self.pay_amount, "currency": self.pay_currency, "period": self.pay_period}
