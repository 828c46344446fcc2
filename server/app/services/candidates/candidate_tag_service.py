"""Tags of the tenant and their candidates."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import CandidateTag, CandidateTagging
from app.schemas.candidate_tag_schema import CandidateTagCreate, CandidateTagUpdate, TagCount
from app.schemas.lists import Page
from app.services.candidates import candidate_redirects
from app.services.core import listing, memberships, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils.text import name_key

MAX_TAGS = 1000  # `list_all` returns them as a single page


def list_all() -> Page[TagCount]:
    """List all tags with the number of visible candidates that have them."""
    # The ORM adds the visibility rules to the subquery, too, so that it counts only visible candidates.
    bearers = sa.select(sa.func.count()).where(CandidateTagging.tag_id == CandidateTag.id).scalar_subquery()
    columns = (CandidateTag.id, CandidateTag.name, CandidateTag.color, bearers.label("candidate_count"))
    return listing.page_as(
        TagCount, listing.single_page(db.session.execute(sa.select(*columns).order_by(CandidateTag.key)))
    )


def of_candidate(candidate_id: UUID) -> Page[CandidateTag]:
    """List the tags of a candidate."""
    candidate_redirects.get(candidate_id)  # otherwise, an unknown or merged id would have an empty list
    borne = sa.select(CandidateTagging.tag_id).where(CandidateTagging.candidate_id == candidate_id)
    return listing.single_page(
        db.session.scalars(sa.select(CandidateTag).where(CandidateTag.id.in_(borne)).order_by(CandidateTag.key))
    )


@use_case
def create(new: CandidateTagCreate) -> CandidateTag:
    """Create a tag; Conflict if there are MAX_TAGS already."""
    rows.enforce_limit(MAX_TAGS, CandidateTag, f"A tenant can have {MAX_TAGS} tags", "too_many_tags")
    tag = CandidateTag(name=new.name, key=name_key(new.name), color=new.color)
    db.session.add(tag)
    db.session.flush()  # the event needs the id
    event_service.record("candidate_tag.created", tag)
    return tag


@use_case
def update(tag_id: UUID, changes: CandidateTagUpdate) -> CandidateTag:
    """Rename a tag or change its color."""
    tag = rows.lock_row(CandidateTag, tag_id)
    values = changes.model_dump(exclude_unset=True)
    if changes.name is not None:
        values["key"] = name_key(changes.name)
    event_service.record("candidate_tag.updated", tag, changed=rows.apply_changes(tag, values))
    return tag


@use_case
def delete(tag_id: UUID) -> None:
    """Delete a tag and remove it from all candidates."""
    tag = rows.lock_row(CandidateTag, tag_id)
    event_service.record("candidate_tag.deleted", tag)
    db.session.delete(tag)  # the database cascades to the taggings


@use_case
def add(candidate_id: UUID, tag_id: UUID) -> None:
    """Add a tag to a candidate, unless it has it already."""
    # Bulk actions insert tags without ON CONFLICT: whoever adds one must lock the candidate first.
    candidate, tag = candidate_redirects.hold(candidate_id), rows.get(CandidateTag, tag_id)
    if memberships.add(CandidateTagging, candidate_id=candidate_id, tag_id=tag.id):
        event_service.record("candidate.tagged", candidate, tag_id=tag_id)


@use_case
def remove(candidate_id: UUID, tag_id: UUID) -> None:
    """Remove a tag from a candidate, if it has it."""
    candidate, tag = candidate_redirects.hold(candidate_id), rows.get(CandidateTag, tag_id)
    if memberships.remove(CandidateTagging, candidate_id=candidate_id, tag_id=tag.id):
        event_service.record("candidate.untagged", candidate, tag_id=tag_id)
