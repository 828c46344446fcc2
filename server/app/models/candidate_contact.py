"""A contact point of a candidate, normalised, unique in the tenant."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import BaseModel
from app.models.tenancy import TenantScoped, within_tenant
from app.models.types import enum_of


class ContactKind(StrEnum):
    """How a person is reached."""

    EMAIL = "email"
    PHONE = "phone"
    LINK = "link"


class CandidateContact(TenantScoped, BaseModel):
    """`value` is normalised (email lower-cased, phone E.164, link without scheme); `raw` is as typed."""

    __tablename__ = "candidate_contacts"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "kind", "value"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        sa.Index("ix_candidate_contacts_tenant_id_candidate_id", "tenant_id", "candidate_id"),
    )

    candidate_id: Mapped[UUID]
    kind: Mapped[ContactKind] = mapped_column(enum_of(ContactKind, "kind"))
    value: Mapped[str] = mapped_column(sa.String(500))
    raw: Mapped[str] = mapped_column(sa.String(500))
    position: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
