"""Notes of users about candidates, applications and jobs."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.about_one import AboutOne, subject_keys
from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, enum_of


class NoteVisibility(StrEnum):
    """Who can read a note: everyone who can see its subject, the author's team, or only the author."""

    PUBLIC = "public"
    TEAM = "team"
    PRIVATE = "private"


class Note(AboutOne, TenantScoped, Versioned, BaseModel):
    """A note; `mentions` lists the users mentioned with `@`, who can read the note unless it is private."""

    __tablename__ = "notes"
    __keys__ = (
        *subject_keys("notes"),
        within_tenant("author_id", "users"),
        sa.Index("ix_notes_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
    )

    author_id: Mapped[UUID | None] = mapped_column()  # NULL: written with an API key, always public
    body: Mapped[str] = mapped_column(sa.Text)
    visibility: Mapped[NoteVisibility] = mapped_column(enum_of(NoteVisibility, "visibility"))
    mentions: Mapped[list[str]] = mapped_column(Json, default=list)
