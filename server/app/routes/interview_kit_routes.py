"""Interview kits."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch
from app.schemas.interview_kit_schema import InterviewKitCreate, InterviewKitOut, InterviewKitUpdate
from app.schemas.lists import Page
from app.services.interviews import interview_kit_service

bp = Blueprint("interview_kits", __name__, url_prefix="/interview-kits")


@bp.get("")
@endpoint("interviews.read", out=Page[InterviewKitOut])
def list_all():
    """List interview kits."""
    return interview_kit_service.list_all()


@bp.post("")
@endpoint("interview_kits.update", out=InterviewKitOut, status=201)
def create(body: InterviewKitCreate):
    """Add an interview kit."""
    return interview_kit_service.create(body)


@bp.get("/<uuid:kit_id>")
@endpoint("interviews.read", out=InterviewKitOut)
def get(kit_id: UUID):
    """Get an interview kit."""
    return interview_kit_service.get(kit_id)


@bp.patch("/<uuid:kit_id>")
@endpoint("interview_kits.update", out=InterviewKitOut)
def update(kit_id: UUID, body: InterviewKitUpdate, if_match: IfMatch):
    """Update an interview kit.

    Existing interviews keep their rubric.
    """
    return interview_kit_service.update(kit_id, body, if_match)


@bp.delete("/<uuid:kit_id>")
@endpoint("interview_kits.update", status=204)
def delete(kit_id: UUID):
    """Delete an interview kit that is not used by an interview."""
    interview_kit_service.delete(kit_id)
