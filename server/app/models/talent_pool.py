"""Talent pools: named sets of candidates for future jobs."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped, within_tenant


class TalentPool(TenantScoped, Versioned, BaseModel):
    """A pool; `key` is the folded name."""

    __tablename__ = "talent_pools"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "key"),
        within_tenant("owner_id", "users"),
        sa.Index("ix_talent_pools_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
    )

    name: Mapped[str] = mapped_column(sa.String(60))
    key: Mapped[str] = mapped_column(sa.String(60))
    description: Mapped[str | None] = mapped_column(sa.String(500))
    owner_id: Mapped[UUID | None] = mapped_column()


class TalentPoolMember(TenantScoped, BaseModel):
    """A candidate in a pool."""

    __tablename__ = "talent_pool_members"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "candidate_id", "pool_id"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("pool_id", "talent_pools", ondelete="CASCADE"),
        # The unique key finds the pools of a candidate; this, the members of a pool.
        sa.Index("ix_talent_pool_members_tenant_id_pool_id_candidate_id", "tenant_id", "pool_id", "candidate_id"),
    )

    candidate_id: Mapped[UUID]
    pool_id: Mapped[UUID]
