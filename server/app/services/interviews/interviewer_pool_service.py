"""Pools of interviewers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import InterviewerPool, InterviewerPoolMember
from app.schemas.interviewer_pool_schema import InterviewerPoolCreate, InterviewerPoolOut, InterviewerPoolUpdate
from app.schemas.lists import Page
from app.services.access import active_users
from app.services.core import listing, rows
from app.services.core.transaction import mark_deleted, use_case
from app.services.events import event_service

MAX_POOLS = 100


def list_pools() -> Page[InterviewerPoolOut]:
    """Return all pools, by name."""
    pools = db.session.scalars(sa.select(InterviewerPool).order_by(InterviewerPool.name, InterviewerPool.id)).all()
    return listing.single_page(_shown(pools))


def get(pool_id: UUID) -> InterviewerPoolOut:
    """Return a pool; NotFound if there is none."""
    return _shown([rows.get(InterviewerPool, pool_id)])[0]


def members(pool_id: UUID) -> list[UUID]:
    """Return the active users of a pool, by id."""
    own = sa.select(InterviewerPoolMember.user_id).where(InterviewerPoolMember.pool_id == pool_id)
    return sorted(user.id for user in active_users.among(db.session.scalars(own)))


@use_case
def create(new: InterviewerPoolCreate) -> InterviewerPoolOut:
    """Add a pool; Conflict if there is one of this name, or a user is not active."""
    rows.enforce_limit(MAX_POOLS, InterviewerPool, f"There can be {MAX_POOLS} pools", "too_many_pools")
    pool = InterviewerPool(name=new.name, description=new.description)
    db.session.add(pool)
    db.session.flush()  # the members refer to it
    _put(pool, new.user_ids)
    event_service.record("interviewer_pool.created", pool)
    return get(pool.id)


@use_case
def update(pool_id: UUID, changes: InterviewerPoolUpdate, if_match: int | None) -> InterviewerPoolOut:
    """Change a pool; interviews that are booked stay as they are."""
    pool = rows.lock_for_update(InterviewerPool, pool_id, if_match)
    values = changes.model_dump(exclude_unset=True)
    user_ids = values.pop("user_ids", None)
    changed = rows.apply_changes(pool, values)
    if user_ids is not None:
        _put(pool, user_ids)
        changed.append("user_ids")
    event_service.record("interviewer_pool.updated", pool, changed=changed)
    db.session.flush()
    return get(pool_id)


@use_case
def delete(pool_id: UUID) -> None:
    """Delete a pool, and the booking links that take interviewers from it."""
    pool = rows.lock_for_delete(InterviewerPool, pool_id)
    event_service.record("interviewer_pool.deleted", pool)
    db.session.delete(pool)


def _put(pool: InterviewerPool, user_ids: Sequence[UUID]) -> None:
    there = {user.id for user in active_users.among(user_ids)}
    for user_id in user_ids:
        if user_id not in there:
            active_users.require(user_id, "to a pool")  # raises what applies: NotFound or Conflict
    db.session.execute(sa.delete(InterviewerPoolMember).where(InterviewerPoolMember.pool_id == pool.id))
    mark_deleted()
    db.session.add_all(InterviewerPoolMember(pool_id=pool.id, user_id=user_id) for user_id in user_ids)
    db.session.flush()


def _shown(pools: Sequence[InterviewerPool]) -> list[InterviewerPoolOut]:
    of_pools = InterviewerPoolMember.pool_id.in_([pool.id for pool in pools])
    users: dict[UUID, list[UUID]] = {}
    statement = sa.select(InterviewerPoolMember).where(of_pools).order_by(InterviewerPoolMember.user_id)
    for member in db.session.scalars(statement):
        users.setdefault(member.pool_id, []).append(member.user_id)
    return [
        InterviewerPoolOut.model_validate({**rows.columns_of(pool), "user_ids": users.get(pool.id, [])})
        for pool in pools
    ]
