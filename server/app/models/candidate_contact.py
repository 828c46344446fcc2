"""A contact point of a candidate, normalised; in a tenant it names one person, whoever else has it too."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import enum_of


class ContactKind(StrEnum):
    """How a person is reached."""

    EMAIL = "email"
    PHONE = "phone"
    LINK = "link"


NAMING = (ContactKind.EMAIL, ContactKind.PHONE)  # a link names nobody for sure; an address counts before a number
NOBODY = UUID(int=0)


class CandidateContact(TenantScoped, BaseModel):
    """`value` is normalised (email lower-cased, phone E.164 with `;ext=`, link without scheme); `raw` is as typed.

    `shared_by` is nobody in the row of the one person whom the point names. A family or a switchboard shares a point:
    in the rows of the others it is that candidate, so that the key holds them apart.
    """

    __tablename__ = "candidate_contacts"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "kind", "value", "shared_by"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        sa.Index("ix_candidate_contacts_tenant_id_candidate_id", "tenant_id", "candidate_id"),
    )

    candidate_id: Mapped[UUID]
    kind: Mapped[ContactKind] = mapped_column(enum_of(ContactKind, "kind"))
    value: Mapped[str] = mapped_column(sa.String(500))
    raw: Mapped[str] = mapped_column(sa.String(500))
    position: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    shared_by: Mapped[UUID] = mapped_column(default=NOBODY, server_default=NOBODY.hex)

    @property
    def is_shared(self) -> bool:
        """Whether somebody else was here first with this point."""
        return self.shared_by != NOBODY
