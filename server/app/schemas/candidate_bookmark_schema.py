"""Favourite candidates and those seen lately."""

from __future__ import annotations

from uuid import UUID

from app.schemas.common import Out, UtcMoment


class BookmarkOut(Out):
    """A candidate at hand, the latest first."""

    candidate_id: UUID
    name: str
    headline: str | None
    marked_at: UtcMoment
