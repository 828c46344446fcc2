"""Favorite and recently viewed candidates."""

from __future__ import annotations

from uuid import UUID

from app.schemas.common import Out, UtcMoment


class BookmarkOut(Out):
    """A favorite or recently viewed candidate."""

    candidate_id: UUID
    name: str
    headline: str | None
    marked_at: UtcMoment
