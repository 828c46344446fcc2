"""Talent pools and their candidates."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.schemas.talent_pool_schema import (
    TalentPoolCreate,
    TalentPoolItem,
    TalentPoolOut,
    TalentPoolQuery,
    TalentPoolUpdate,
)
from app.services.candidates import talent_pool_service

bp = Blueprint("talent_pools", __name__, url_prefix="/talent-pools")


@bp.get("")
@endpoint("talent_pools.read", out=Page[TalentPoolItem])
def list_pools(query: TalentPoolQuery):
    """List talent pools with the number of candidates in each."""
    return talent_pool_service.list_pools(query)


@bp.post("")
@endpoint("talent_pools.create", out=TalentPoolOut, status=201)
def create(body: TalentPoolCreate):
    """Add a talent pool."""
    return talent_pool_service.create(body)


@bp.get("/<uuid:pool_id>")
@endpoint("talent_pools.read", out=TalentPoolOut)
def get(pool_id: UUID):
    """Get a talent pool.

    To list its candidates, use `GET /candidates?pool_id=`.
    """
    return talent_pool_service.get(pool_id)


@bp.patch("/<uuid:pool_id>")
@endpoint("talent_pools.update", out=TalentPoolOut)
def update(pool_id: UUID, body: TalentPoolUpdate, if_match: IfMatch):
    """Update a talent pool."""
    return talent_pool_service.update(pool_id, body, if_match)


@bp.delete("/<uuid:pool_id>")
@endpoint("talent_pools.delete", status=204)
def delete(pool_id: UUID):
    """Delete a talent pool.

    Its candidates are not deleted.
    """
    talent_pool_service.delete(pool_id)


@bp.put("/<uuid:pool_id>/candidates/<uuid:candidate_id>")
@endpoint("talent_pools.update", status=204)
def add(pool_id: UUID, candidate_id: UUID):
    """Add a candidate to a talent pool."""
    talent_pool_service.add(pool_id, candidate_id)


@bp.delete("/<uuid:pool_id>/candidates/<uuid:candidate_id>")
@endpoint("talent_pools.update", status=204)
def remove(pool_id: UUID, candidate_id: UUID):
    """Remove a candidate from a talent pool."""
    talent_pool_service.remove(pool_id, candidate_id)
