"""Pools of interviewers, from whom a booking takes those who are free."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped, within_tenant


class InterviewerPool(TenantScoped, Versioned, BaseModel):
    """A pool, such as those who hold technical interviews."""

    __tablename__ = "interviewer_pools"
    __keys__ = (sa.UniqueConstraint("tenant_id", "name"),)

    name: Mapped[str] = mapped_column(sa.String(60))
    description: Mapped[str | None] = mapped_column(sa.String(500))


class InterviewerPoolMember(TenantScoped, BaseModel):
    """A user in a pool."""

    __tablename__ = "interviewer_pool_members"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "pool_id", "user_id"),
        within_tenant("pool_id", "interviewer_pools", ondelete="CASCADE"),
        within_tenant("user_id", "users", ondelete="CASCADE"),
        sa.Index("ix_interviewer_pool_members_tenant_id_user_id", "tenant_id", "user_id"),
    )

    pool_id: Mapped[UUID]
    user_id: Mapped[UUID]
