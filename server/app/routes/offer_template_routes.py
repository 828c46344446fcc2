"""Letters that offers are written after."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch, Page
from app.schemas.offer_schema import OfferTemplateCreate, OfferTemplateOut, OfferTemplateUpdate
from app.services.offers import offer_template_service

bp = Blueprint("offer_templates", __name__, url_prefix="/offer-templates")


@bp.get("")
@endpoint("offers.read", out=Page[OfferTemplateOut])
def list_all():
    """List the letters."""
    return offer_template_service.list_all()


@bp.post("")
@endpoint("offer_templates.update", out=OfferTemplateOut, status=201)
def create(body: OfferTemplateCreate):
    """Add a letter in plain HTML with placeholders."""
    return offer_template_service.create(body)


@bp.patch("/<uuid:letter_id>")
@endpoint("offer_templates.update", out=OfferTemplateOut)
def update(letter_id: UUID, body: OfferTemplateUpdate, if_match: IfMatch):
    """Change a letter; those that were sent stay as they are."""
    return offer_template_service.update(letter_id, body, if_match)


@bp.delete("/<uuid:letter_id>")
@endpoint("offer_templates.update", status=204)
def delete(letter_id: UUID):
    """Delete a letter that no offer names."""
    offer_template_service.delete(letter_id)
