"""Notes of users about candidates."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, enum_of


class NoteVisibility(StrEnum):
    """Who can read a note: everyone who can see the candidate, the author's team, or only the author."""

    PUBLIC = "public"
    TEAM = "team"
    PRIVATE = "private"


class CandidateNote(TenantScoped, Versioned, BaseModel):
    """A note; `mentions` lists the users mentioned with `@`, who can read the note unless it is private."""

    __tablename__ = "candidate_notes"
    __keys__ = (
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("author_id", "users"),
        sa.Index(
            "ix_candidate_notes_tenant_id_candidate_id_created_at_id", "tenant_id", "candidate_id", "created_at", "id"
        ),
        sa.Index("ix_candidate_notes_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
    )

    candidate_id: Mapped[UUID]
    author_id: Mapped[UUID | None] = mapped_column()  # NULL: written with an API key, always public
    body: Mapped[str] = mapped_column(sa.Text)
    visibility: Mapped[NoteVisibility] = mapped_column(enum_of(NoteVisibility, "visibility"))
    mentions: Mapped[list[str]] = mapped_column(Json, default=list)
