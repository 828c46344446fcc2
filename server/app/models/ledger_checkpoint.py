"""Signed checkpoints of the audit trail, which reveal if its latest events were deleted."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped


class LedgerCheckpoint(TenantScoped, BaseModel):
    """The head of the hash chain at `created_at`, signed with the key `key_id`."""

    __tablename__ = "ledger_checkpoints"
    __keys__ = (sa.UniqueConstraint("tenant_id", "seq"),)

    seq: Mapped[int] = mapped_column(sa.BigInteger)
    hash: Mapped[str] = mapped_column(sa.String(64))
    key_id: Mapped[str] = mapped_column(sa.String(40))
    signature: Mapped[str] = mapped_column(sa.String(128))
