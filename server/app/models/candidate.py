"""Candidates: the profile of a person, independent of applications."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, UtcDateTime, enum_of
from app.models.candidate_contact import CandidateContact
from app.utils import clock


class CandidateStatus(StrEnum):
    """Whether recruiters currently work with a candidate."""

    ACTIVE = "active"
    ARCHIVED = "archived"


class Provenance(StrEnum):
    """The source of a value; a weaker source never overwrites a stronger one (human > form > parser)."""

    HUMAN = "human"
    FORM = "form"
    CANDIDATE = "candidate"  # proposed by the candidate, accepted by a user
    PARSER = "parser"


class PayPeriod(StrEnum):
    """The period that an amount of pay is for."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Workplace(StrEnum):
    """Where work is done."""

    ONSITE = "onsite"
    HYBRID = "hybrid"
    REMOTE = "remote"


def pay_of(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the expected pay from the columns of a candidate, or None."""
    if row["pay_amount"] is None:
        return None
    return {"amount": row["pay_amount"], "currency": row["pay_currency"], "period": row["pay_period"]}


class Candidate(TenantScoped, Versioned, BaseModel):
    """A candidate. `search_text` is derived: the folded words that search indexes, one line per field."""

    __tablename__ = "candidates"
    __keys__ = (
        within_tenant("owner_id", "users"),
        # One index per sort order of the list; the id breaks ties in keyset pagination.
        sa.Index("ix_candidates_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
        sa.Index("ix_candidates_tenant_id_status_created_at_id", "tenant_id", "status", "created_at", "id"),
        sa.Index("ix_candidates_tenant_id_owner_id_created_at_id", "tenant_id", "owner_id", "created_at", "id"),
        sa.Index("ix_candidates_tenant_id_last_activity_at_id", "tenant_id", "last_activity_at", "id"),
        sa.Index("ix_candidates_tenant_id_updated_at_id", "tenant_id", "updated_at", "id"),  # also for retention
        sa.Index(  # partial: without statistics, the planner would use a full index for lookups by id
            "ix_candidates_tenant_id_purge_after",
            "tenant_id",
            "purge_after",
            sqlite_where=sa.text("purge_after is not null"),
            postgresql_where=sa.text("purge_after is not null"),
        ),
        sa.Index("ix_candidates_tenant_id_name_id", "tenant_id", "name", "id"),
        sa.CheckConstraint(
            "(pay_amount is null) = (pay_currency is null) and (pay_amount is null) = (pay_period is null)", name="pay"
        ),
        sa.CheckConstraint("years_experience between 0 and 70", name="years_experience"),
        sa.CheckConstraint("notice_days between 0 and 730", name="notice_days"),
    )

    name: Mapped[str] = mapped_column(sa.String(200))  # always known, unlike its parts
    given_name: Mapped[str | None] = mapped_column(sa.String(100))
    family_name: Mapped[str | None] = mapped_column(sa.String(100))
    preferred_name: Mapped[str | None] = mapped_column(sa.String(100))
    headline: Mapped[str | None] = mapped_column(sa.String(200))
    location: Mapped[str | None] = mapped_column(sa.String(200))
    years_experience: Mapped[float | None] = mapped_column(sa.Numeric(4, 1, asdecimal=False))
    skills: Mapped[list[str]] = mapped_column(Json, default=list)
    # Columns with a server default were added to a table that had rows.
    skill_use: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")
    languages: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")
    work_authorizations: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")
    notice_days: Mapped[int | None] = mapped_column(sa.SmallInteger)
    available_from: Mapped[date | None] = mapped_column(sa.Date)
    preferred_roles: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    preferred_locations: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    preferred_language: Mapped[str | None] = mapped_column(sa.String(2))  # of emails to the candidate
    preferred_workplace: Mapped[Workplace | None] = mapped_column(enum_of(Workplace, "preferred_workplace"))
    pay_amount: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 2))
    pay_currency: Mapped[str | None] = mapped_column(sa.String(3))
    pay_period: Mapped[PayPeriod | None] = mapped_column(enum_of(PayPeriod, "pay_period"))
    source: Mapped[str | None] = mapped_column(sa.String(60))
    source_detail: Mapped[str | None] = mapped_column(sa.String(200))
    source_url: Mapped[str | None] = mapped_column(sa.String(400))
    custom_fields: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")  # by the field's key
    status: Mapped[CandidateStatus] = mapped_column(enum_of(CandidateStatus, "status"), default=CandidateStatus.ACTIVE)
    owner_id: Mapped[UUID | None] = mapped_column()  # decides who sees the candidate; equals the active assignment
    is_broadcast: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # visible beyond the team
    # Of people, up to a minute late (`last_activity_service`). The default is that of rows from before it was kept.
    last_activity_at: Mapped[datetime] = mapped_column(
        UtcDateTime, default=clock.now, server_default="1970-01-01 00:00:00+00:00"
    )
    purge_after: Mapped[datetime | None] = mapped_column(UtcDateTime)  # set by retention, cleared by any change
    provenance: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # {"headline": "parser"}
    search_text: Mapped[str] = mapped_column(sa.Text, default="")

    # Services name what they load (`raise`), and the database deletes by cascade (`passive_deletes`).
    contacts: Mapped[list[CandidateContact]] = relationship(
        lazy="raise", passive_deletes=True, order_by=CandidateContact.position
    )

    @property
    def expected_pay(self) -> dict[str, Any] | None:
        """The amount, currency and period, or None."""
        return pay_of({name: getattr(self, name) for name in ("pay_amount", "pay_currency", "pay_period")})
