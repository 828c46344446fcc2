"""Favorite and recently viewed candidates of a user."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import UtcDateTime, enum_of


class BookmarkKind(StrEnum):
    """Whether the user marked the candidate as a favorite or viewed the profile."""

    FAVORITE = "favorite"
    RECENT = "recent"


class CandidateBookmark(TenantScoped, BaseModel):
    """A bookmark of a user; `marked_at` is when the candidate was marked or last viewed."""

    __tablename__ = "candidate_bookmarks"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "user_id", "kind", "candidate_id"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("user_id", "users", ondelete="CASCADE"),
        # The list, latest first, and the oldest recent ones, which are deleted.
        sa.Index(
            "ix_candidate_bookmarks_tenant_id_user_id_kind_marked_at", "tenant_id", "user_id", "kind", "marked_at"
        ),
        sa.Index("ix_candidate_bookmarks_tenant_id_candidate_id", "tenant_id", "candidate_id"),
    )

    user_id: Mapped[UUID]
    candidate_id: Mapped[UUID]
    kind: Mapped[BookmarkKind] = mapped_column(enum_of(BookmarkKind, "kind"))
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
