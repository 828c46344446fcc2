"""Fields of the tenant's own on candidates."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch, Page
from app.schemas.custom_field_schema import CustomFieldCreate, CustomFieldOut, CustomFieldUpdate
from app.services.candidates import custom_field_service

bp = Blueprint("custom_fields", __name__, url_prefix="/custom-fields")


@bp.get("")
@endpoint("candidates.view_own", out=Page[CustomFieldOut])
def list_all():
    """List the tenant's own fields."""
    return custom_field_service.list_all()


@bp.post("")
@endpoint("custom_fields.update", out=CustomFieldOut, status=201)
def create(body: CustomFieldCreate):
    """Add a field of the tenant's own."""
    return custom_field_service.create(body)


@bp.get("/<uuid:field_id>")
@endpoint("candidates.view_own", out=CustomFieldOut)
def get(field_id: UUID):
    """One field of the tenant's own."""
    return custom_field_service.get(field_id)


@bp.patch("/<uuid:field_id>")
@endpoint("custom_fields.update", out=CustomFieldOut)
def update(field_id: UUID, body: CustomFieldUpdate, if_match: IfMatch):
    """Change or archive a field of the tenant's own; the values that are there stay."""
    return custom_field_service.update(field_id, body, if_match)
