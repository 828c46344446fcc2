"""Contact points of candidates, normalised; within a tenant, each identifies one candidate, even if shared."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import enum_of


class ContactKind(StrEnum):
    """The kind of a contact point."""

    EMAIL = "email"
    PHONE = "phone"
    LINK = "link"


NAMING = (ContactKind.EMAIL, ContactKind.PHONE)  # kinds that identify a person, email before phone; a link does not
NOBODY = UUID(int=0)  # not NULL, because NULLs are distinct in a unique key


class CandidateContact(TenantScoped, BaseModel):
    """`value` is normalised (email lower-cased, phone E.164 with `;ext=`, link without scheme); `raw` is as typed.

    `shared_by` is NOBODY in the row of the candidate that the point identifies. In the rows of other candidates with
    the same point (a family, a switchboard) it is their own id, so that the unique key allows them.
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
    # Read from a resume, and confirmed by nobody: it may be that of a referee.
    is_parsed: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    position: Mapped[int] = mapped_column(sa.SmallInteger, default=0)  # mails go to the first email address
    shared_by: Mapped[UUID] = mapped_column(default=NOBODY, server_default=NOBODY.hex)  # hex is how SQLite stores UUIDs

    @property
    def is_shared(self) -> bool:
        """Whether the point identifies another candidate, who had it first."""
        return self.shared_by != NOBODY
