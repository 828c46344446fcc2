"""Bookmarks: a user's favorites and recently viewed candidates."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateBookmark
from app.models.candidate_bookmark import BookmarkKind
from app.schemas.candidate_bookmark_schema import BookmarkOut
from app.schemas.lists import Page
from app.services.candidates import candidate_redirects
from app.services.core import listing, memberships, rows, upsert
from app.services.core.transaction import mark_deleted, use_case
from app.utils import clock
from app.utils.errors import Conflict

KEPT = {BookmarkKind.FAVORITE: 500, BookmarkKind.RECENT: 50}  # a list of bookmarks is a single page


def list_own(user_id: UUID, kind: BookmarkKind) -> Page[BookmarkOut]:
    """List the user's favorites or recently viewed candidates that are visible, latest first."""
    columns = (CandidateBookmark.candidate_id, Candidate.name, Candidate.headline, CandidateBookmark.marked_at)
    statement = sa.select(*columns).join(Candidate, Candidate.id == CandidateBookmark.candidate_id)
    statement = statement.where(CandidateBookmark.user_id == user_id, CandidateBookmark.kind == kind).order_by(
        CandidateBookmark.marked_at.desc(), CandidateBookmark.id.desc()
    )
    return listing.page_as(BookmarkOut, listing.single_page(db.session.execute(statement.limit(KEPT[kind]))))


@use_case
def mark(user_id: UUID, candidate_id: UUID, kind: BookmarkKind) -> None:
    """Add a bookmark or move it to the top; the oldest recent ones are deleted. Conflict if there are 500 favorites."""
    candidate_redirects.get(candidate_id)
    row = rows.new_row(user_id=user_id, candidate_id=candidate_id, kind=kind, marked_at=clock.now())
    statement = upsert.insert(CandidateBookmark.__table__).values(row)
    statement = statement.on_conflict_do_update(
        index_elements=["tenant_id", "user_id", "kind", "candidate_id"], set_={"marked_at": row["marked_at"]}
    )
    db.session.execute(statement)
    own = (
        sa.select(CandidateBookmark.id)
        .where(CandidateBookmark.user_id == user_id, CandidateBookmark.kind == kind)
        .order_by(CandidateBookmark.marked_at.desc(), CandidateBookmark.id.desc())
    )
    # Checked after the insert, which a Conflict rolls back, so that a known favorite can be marked again at the limit.
    beyond = db.session.scalars(own.offset(KEPT[kind])).all()
    if beyond and kind == BookmarkKind.FAVORITE:
        raise Conflict(f"You can have at most {KEPT[kind]} favorites. Remove one first.", code="too_many_favorites")
    if beyond:
        db.session.execute(sa.delete(CandidateBookmark).where(CandidateBookmark.id.in_(beyond)))
        mark_deleted()


@use_case
def unmark(user_id: UUID, candidate_id: UUID, kind: BookmarkKind) -> None:
    """Remove a bookmark, if there is one."""
    candidate_redirects.get(candidate_id)
    memberships.remove(CandidateBookmark, user_id=user_id, candidate_id=candidate_id, kind=kind)
