"""Rejection and withdrawal reasons of the tenant."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.lists import Page
from app.schemas.rejection_reason_schema import RejectionReasonCreate, RejectionReasonOut, RejectionReasonUpdate
from app.services.applications import rejection_reason_service

bp = Blueprint("rejection_reasons", __name__, url_prefix="/rejection-reasons")


@bp.get("")
@endpoint("applications.read", out=Page[RejectionReasonOut])
def list_all():
    """List rejection and withdrawal reasons."""
    return rejection_reason_service.list_all()


@bp.post("")
@endpoint("rejection_reasons.update", out=RejectionReasonOut, status=201)
def create(body: RejectionReasonCreate):
    """Add a reason."""
    return rejection_reason_service.create(body)


@bp.patch("/<uuid:reason_id>")
@endpoint("rejection_reasons.update", out=RejectionReasonOut)
def update(reason_id: UUID, body: RejectionReasonUpdate):
    """Rename, deactivate or reactivate a reason."""
    return rejection_reason_service.update(reason_id, body)


@bp.delete("/<uuid:reason_id>")
@endpoint("rejection_reasons.update", status=204)
def delete(reason_id: UUID):
    """Delete a reason that is not used by an application."""
    rejection_reason_service.delete(reason_id)
