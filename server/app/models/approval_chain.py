"""Approval chains: who must approve jobs or offers, in which order."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, enum_of


class ApprovalSubject(StrEnum):
    """The kind of record that is approved."""

    JOB = "job"
    OFFER = "offer"


class ApprovalChain(TenantScoped, Versioned, BaseModel):
    """`groups` holds name, users and quorum of each, in order. Without a department: the default chain."""

    __tablename__ = "approval_chains"
    __keys__ = (
        within_tenant("department_id", "departments", ondelete="CASCADE"),
        sa.UniqueConstraint("tenant_id", "subject", "department_id"),
        sa.Index(
            "uq_approval_chains_tenant_id_subject_general",  # the constraint above treats NULLs as distinct
            "tenant_id",
            "subject",
            unique=True,
            sqlite_where=sa.text("department_id is null"),
            postgresql_where=sa.text("department_id is null"),
        ),
    )

    subject: Mapped[ApprovalSubject] = mapped_column(enum_of(ApprovalSubject, "subject"))
    department_id: Mapped[UUID | None]
    groups: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
