"""Custom fields of candidates, jobs, applications and offers."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import AUTHENTICATED
from app.schemas.common import IfMatch
from app.schemas.custom_field_schema import CustomFieldCreate, CustomFieldOut, CustomFieldQuery, CustomFieldUpdate
from app.schemas.lists import Page
from app.services.candidates import custom_field_service

bp = Blueprint("custom_fields", __name__, url_prefix="/custom-fields")


@bp.get("")
@endpoint(AUTHENTICATED, out=Page[CustomFieldOut])
def list_all(query: CustomFieldQuery):
    """List custom fields."""
    return custom_field_service.list_all(query)


@bp.post("")
@endpoint("custom_fields.update", out=CustomFieldOut, status=201)
def create(body: CustomFieldCreate):
    """Add a custom field."""
    return custom_field_service.create(body)


@bp.get("/<uuid:field_id>")
@endpoint(AUTHENTICATED, out=CustomFieldOut)
def get(field_id: UUID):
    """Get a custom field."""
    return custom_field_service.get(field_id)


@bp.patch("/<uuid:field_id>")
@endpoint("custom_fields.update", out=CustomFieldOut)
def update(field_id: UUID, body: CustomFieldUpdate, if_match: IfMatch):
    """Update or archive a custom field.

    Existing values are kept.
    """
    return custom_field_service.update(field_id, body, if_match)
