"""Offer letter templates."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.schemas.offer_template_schema import OfferTemplateCreate, OfferTemplateOut, OfferTemplateUpdate
from app.services.offers import offer_template_service

bp = Blueprint("offer_templates", __name__, url_prefix="/offer-templates")


@bp.get("")
@endpoint("offers.read", out=Page[OfferTemplateOut])
def list_all():
    """List offer letter templates."""
    return offer_template_service.list_all()


@bp.post("")
@endpoint("offer_templates.update", out=OfferTemplateOut, status=201)
def create(body: OfferTemplateCreate):
    """Add an offer letter template.

    The body is plain HTML with placeholders.
    """
    return offer_template_service.create(body)


@bp.patch("/<uuid:letter_id>")
@endpoint("offer_templates.update", out=OfferTemplateOut)
def update(letter_id: UUID, body: OfferTemplateUpdate, if_match: IfMatch):
    """Update an offer letter template.

    Letters that were already sent are not affected.
    """
    return offer_template_service.update(letter_id, body, if_match)


@bp.delete("/<uuid:letter_id>")
@endpoint("offer_templates.update", status=204)
def delete(letter_id: UUID):
    """Delete an offer letter template that is not used by an offer."""
    offer_template_service.delete(letter_id)
