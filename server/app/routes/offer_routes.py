"""Offers and their letters."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import FileLink, IfMatch
from app.schemas.lists import Page
from app.schemas.offer_schema import (
    OfferAction,
    OfferCreate,
    OfferListed,
    OfferOut,
    OfferQuery,
    OfferUpdate,
    OfferVersionOut,
)
from app.schemas.state_schema import ActionsQuery
from app.services.offers import offer_service

bp = Blueprint("offers", __name__, url_prefix="/offers")


@bp.get("")
@endpoint("offers.read", out=Page[OfferListed])
def list_offers(query: OfferQuery):
    """List offers."""
    return offer_service.list_offers(query)


@bp.post("")
@endpoint("offers.update", out=OfferOut, status=201)
def create(body: OfferCreate):
    """Create a draft offer for an active application."""
    return offer_service.create(body)


@bp.get("/<uuid:offer_id>")
@endpoint("offers.read", out=OfferOut)
def get(offer_id: UUID, query: ActionsQuery):
    """Get an offer."""
    return offer_service.show(offer_id, query)


@bp.patch("/<uuid:offer_id>")
@endpoint("offers.update", out=OfferOut)
def update(offer_id: UUID, body: OfferUpdate, if_match: IfMatch):
    """Update the terms of an offer.

    Once the offer was submitted or sent, a change makes a new version.
    """
    return offer_service.update(offer_id, body, if_match)


@bp.get("/<uuid:offer_id>/versions")
@endpoint("offers.read", out=Page[OfferVersionOut])
def list_versions(offer_id: UUID):
    """List the earlier terms of an offer, latest first."""
    return offer_service.list_versions(offer_id)


@bp.post("/<uuid:offer_id>/letter")
@endpoint("offers.read", out=FileLink, idempotency_key="none")
def letter(offer_id: UUID):
    """Create a signed URL of the offer letter.

    If the letter was not sent yet, the URL shows a preview.
    """
    return offer_service.link(offer_id)


@bp.post("/<uuid:offer_id>/submit")
@endpoint("offers.update", out=OfferOut)
def submit(offer_id: UUID, body: OfferAction, if_match: IfMatch):
    """Submit an offer for approval."""
    return offer_service.act(offer_id, "submit", body, if_match)


@bp.post("/<uuid:offer_id>/send")
@endpoint("offers.send", out=OfferOut, idempotency_key="required")
def send(offer_id: UUID, if_match: IfMatch):
    """Send an offer.

    The letter is stored, and the candidate is emailed a signed link to it.
    """
    return offer_service.send(offer_id, if_match)


@bp.post("/<uuid:offer_id>/<words(record_acceptance, record_decline, rescind, renege):action>")
@endpoint("offers.send", out=OfferOut)
def act(offer_id: UUID, action: str, body: OfferAction, if_match: IfMatch):
    """Record a response, rescind an offer, or record that the candidate reneged.

    Record an acceptance or decline if the response came another way than through the link.
    """
    return offer_service.act(offer_id, action, body, if_match)
