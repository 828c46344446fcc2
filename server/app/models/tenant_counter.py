"""Counters of a tenant: the head of the audit trail and the usage of the plan, in one row under one lock."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped


class TenantCounter(TenantScoped, BaseModel):
    """Locked at the end of each use case that records an event or changes the usage.

    The plan's limits are copied here, so that they are read under the same lock as the usage.
    """

    __tablename__ = "tenant_counters"
    __keys__ = (sa.UniqueConstraint("tenant_id"),)

    seq: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # of the last event
    head_hash: Mapped[str] = mapped_column(sa.String(64), default="0" * 64)  # the first event has no predecessor
    users: Mapped[int] = mapped_column(default=0)
    activity_seq: Mapped[int] = mapped_column(
        sa.BigInteger, default=0, server_default="0"
    )  # the last event that `last_activity_at` reflects
    candidates: Mapped[int] = mapped_column(default=0)
    storage_bytes: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    jobs: Mapped[int] = mapped_column(default=0)  # counted, but not limited by plans
    max_users: Mapped[int]
    max_candidates: Mapped[int]
    max_storage_bytes: Mapped[int] = mapped_column(sa.BigInteger)
