"""Pools of interviewers."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch
from app.schemas.interviewer_pool_schema import InterviewerPoolCreate, InterviewerPoolOut, InterviewerPoolUpdate
from app.schemas.lists import Page
from app.services.interviews import interviewer_pool_service

bp = Blueprint("interviewer_pools", __name__, url_prefix="/interviewer-pools")


@bp.get("")
@endpoint("interviews.read", out=Page[InterviewerPoolOut])
def list_pools():
    """List the pools of interviewers."""
    return interviewer_pool_service.list_pools()


@bp.post("")
@endpoint("interviewer_pools.update", out=InterviewerPoolOut, status=201)
def create(body: InterviewerPoolCreate):
    """Add a pool of interviewers."""
    return interviewer_pool_service.create(body)


@bp.get("/<uuid:interviewer_pool_id>")
@endpoint("interviews.read", out=InterviewerPoolOut)
def get(interviewer_pool_id: UUID):
    """Get a pool of interviewers."""
    return interviewer_pool_service.get(interviewer_pool_id)


@bp.patch("/<uuid:interviewer_pool_id>")
@endpoint("interviewer_pools.update", out=InterviewerPoolOut)
def update(interviewer_pool_id: UUID, body: InterviewerPoolUpdate, if_match: IfMatch):
    """Update a pool of interviewers. Interviews that are booked stay as they are."""
    return interviewer_pool_service.update(interviewer_pool_id, body, if_match)


@bp.delete("/<uuid:interviewer_pool_id>")
@endpoint("interviewer_pools.update", status=204)
def delete(interviewer_pool_id: UUID):
    """Delete a pool of interviewers, and the booking links that take them from it."""
    interviewer_pool_service.delete(interviewer_pool_id)
