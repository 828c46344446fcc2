"""Postings: a job as it is published, with a status of its own."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.state_machine import StateMachine, Transition
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import UtcDateTime, enum_of


class PostingStatus(StrEnum):
    """The status of a posting."""

    DRAFT = "draft"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"
    EXPIRED = "expired"


UPDATE = "job_postings.update"
PUBLISH: dict[str, Any] = {"guards": ("job_is_open", "posting_has_not_expired"), "effects": ("note_publication",)}
POSTING_MACHINE = StateMachine(
    "job_posting",
    (
        Transition(PostingStatus.DRAFT, "publish", PostingStatus.PUBLISHED, UPDATE, **PUBLISH),
        Transition(PostingStatus.UNPUBLISHED, "publish", PostingStatus.PUBLISHED, UPDATE, **PUBLISH),
        Transition(PostingStatus.EXPIRED, "publish", PostingStatus.PUBLISHED, UPDATE, **PUBLISH),
        Transition(PostingStatus.PUBLISHED, "unpublish", PostingStatus.UNPUBLISHED, UPDATE),
        # Reopening the job does not publish it again.
        Transition(PostingStatus.PUBLISHED, "end_with_job", PostingStatus.UNPUBLISHED, None, is_automatic=True),
        Transition(PostingStatus.PUBLISHED, "expire", PostingStatus.EXPIRED, None, is_automatic=True),
    ),
)


class JobPosting(TenantScoped, Versioned, BaseModel):
    """A posting; columns that are null take the value of the job."""

    __tablename__ = "job_postings"
    __keys__ = (
        within_tenant("job_id", "jobs", ondelete="CASCADE"),
        sa.Index("ix_job_postings_tenant_id_job_id", "tenant_id", "job_id"),
        sa.Index("ix_job_postings_tenant_id_status_published_at_id", "tenant_id", "status", "published_at", "id"),
    )

    job_id: Mapped[UUID]
    title: Mapped[str | None] = mapped_column(sa.String(200))
    description: Mapped[str | None] = mapped_column(sa.Text)
    location: Mapped[str | None] = mapped_column(sa.String(200))
    shows_pay: Mapped[bool] = mapped_column(default=True)
    status: Mapped[PostingStatus] = mapped_column(enum_of(PostingStatus, "status"), default=PostingStatus.DRAFT)
    status_reason: Mapped[str | None] = mapped_column(sa.String(500))
    # The first time, which tells a posting that is gone (410) from one that never was public (404).
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
