"""Possible duplicate candidates."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.candidate_duplicate_schema import DuplicateOut, DuplicateQuery
from app.schemas.lists import Page
from app.services.duplicates import candidate_duplicate_service

bp = Blueprint("candidate_duplicates", __name__, url_prefix="/candidate-duplicates")


@bp.get("")
@endpoint("candidates.view_own", out=Page[DuplicateOut])
def list_duplicates(query: DuplicateQuery):
    """List possible duplicate candidates, with the reasons."""
    return candidate_duplicate_service.list_duplicates(query)


@bp.post("/<uuid:duplicate_id>/dismiss")
@endpoint("candidates.merge", out=DuplicateOut)
def dismiss(duplicate_id: UUID):
    """Dismiss a possible duplicate.

    The two candidates are different people and are not suggested again.
    """
    return candidate_duplicate_service.dismiss(duplicate_id)
