"""Talent pools and their members."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import TalentPool, TalentPoolMember
from app.schemas.lists import Page
from app.schemas.talent_pool_schema import TalentPoolCreate, TalentPoolItem, TalentPoolQuery, TalentPoolUpdate
from app.services.candidates import candidate_redirects
from app.services.core import listing, memberships, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils.text import name_key


def list_pools(query: TalentPoolQuery) -> Page[TalentPoolItem]:
    """List pools with the number of visible candidates, filtered."""
    # The ORM adds the visibility rules to the subquery, too.
    members = sa.select(sa.func.count()).where(TalentPoolMember.pool_id == TalentPool.id).scalar_subquery()
    columns = (
        TalentPool.id,
        TalentPool.name,
        TalentPool.key,
        TalentPool.description,
        TalentPool.owner_id,
        TalentPool.version,
        TalentPool.created_at,
        TalentPool.updated_at,
    )
    statement = sa.select(*columns, members.label("candidate_count"))
    if query.q is not None:
        statement = statement.where(listing.contains(query.q, TalentPool.name))
    if query.candidate_id is not None:
        having = sa.select(TalentPoolMember.pool_id).where(TalentPoolMember.candidate_id == query.candidate_id)
        statement = statement.where(TalentPool.id.in_(having))
    return listing.page_as(TalentPoolItem, listing.paginate(statement, TalentPool, query))


def get(pool_id: UUID) -> TalentPool:
    """Return a pool; NotFound if there is none."""
    return rows.get(TalentPool, pool_id)


@use_case
def create(new: TalentPoolCreate) -> TalentPool:
    """Create a pool."""
    pool = TalentPool(**new.model_dump(), key=name_key(new.name))
    db.session.add(pool)
    db.session.flush()  # the event needs the id
    event_service.record("talent_pool.created", pool)
    return pool


@use_case
def update(pool_id: UUID, changes: TalentPoolUpdate, if_match: int | None) -> TalentPool:
    """Change a pool."""
    pool = rows.lock_for_update(TalentPool, pool_id, if_match)
    values = changes.model_dump(exclude_unset=True)
    if changes.name is not None:
        values["key"] = name_key(changes.name)
    event_service.record("talent_pool.updated", pool, changed=rows.apply_changes(pool, values))
    return pool


@use_case
def delete(pool_id: UUID) -> None:
    """Delete a pool; its candidates stay."""
    pool = rows.lock_for_update(TalentPool, pool_id)
    event_service.record("talent_pool.deleted", pool)
    db.session.delete(pool)  # the database cascades to the members


@use_case
def add(pool_id: UUID, candidate_id: UUID) -> None:
    """Add a candidate to a pool, unless it is in it already."""
    # Bulk actions insert members without ON CONFLICT: whoever adds one must lock the candidate first.
    pool, candidate = rows.get(TalentPool, pool_id), candidate_redirects.hold(candidate_id)
    if memberships.add(TalentPoolMember, candidate_id=candidate_id, pool_id=pool.id):
        event_service.record("candidate.pooled", candidate, pool_id=pool_id)


@use_case
def remove(pool_id: UUID, candidate_id: UUID) -> None:
    """Remove a candidate from a pool, if it is in it."""
    pool, candidate = rows.get(TalentPool, pool_id), candidate_redirects.hold(candidate_id)
    if memberships.remove(TalentPoolMember, candidate_id=candidate_id, pool_id=pool.id):
        event_service.record("candidate.unpooled", candidate, pool_id=pool_id)
