"""How candidates view and answer offers, by the signed link in the email."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import PUBLIC
from app.schemas.offer_schema import OfferAcceptance, OfferRefusal, PublicOffer
from app.services.offers import public_offer_service

bp = Blueprint("public_offers", __name__, url_prefix="/public/offers/<string:token>")


@bp.get("")
@endpoint(PUBLIC, out=PublicOffer, limit="public")
def view(token: str):
    """Get the terms of an offer and its letter.

    The first view is recorded.
    """
    return public_offer_service.view(token)


@bp.post("/accept")
@endpoint(PUBLIC, out=PublicOffer, limit="public")
def accept(token: str, body: OfferAcceptance):
    """Accept an offer by typing your name."""
    return public_offer_service.accept(token, body)


@bp.post("/decline")
@endpoint(PUBLIC, out=PublicOffer, limit="public")
def decline(token: str, body: OfferRefusal):
    """Decline an offer."""
    return public_offer_service.decline(token, body)
