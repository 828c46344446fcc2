"""How candidates view, accept and decline offers, by the signed link in their email."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateDocument, Offer, Tenant
from app.models.offer import OFFER_MACHINE, SENT, OfferStatus
from app.schemas.offer_schema import OfferAcceptance, OfferRefusal, PublicOffer
from app.services.candidates.person_names import all_spellings
from app.services.core import rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.files import file_links
from app.services.mail import candidate_links
from app.services.mail.candidate_links import Opened, Purpose
from app.services.offers import offer_service
from app.services.settings import tenant_settings_service
from app.services.workflow import state_engine
from app.utils import clock, scope
from app.utils.errors import Conflict, Gone, Invalid
from app.utils.text import words

VISIBLE = (*SENT, OfferStatus.ACCEPTED)  # the terms of other offers are hidden


def view(token: str) -> PublicOffer:
    """Return the terms, and record the first view of a sent offer."""
    with candidate_links.opened(Purpose.OFFER, token) as link:
        return _view(link)


def accept(token: str, signature: OfferAcceptance) -> PublicOffer:
    """Sign with a name; the digest of this version's letter is stored as what was signed."""
    with candidate_links.opened(Purpose.OFFER, token) as link:
        return _accept(link, signature.signed_name)


def decline(token: str, refusal: OfferRefusal) -> PublicOffer:
    """Decline the offer, with an optional reason."""
    with candidate_links.opened(Purpose.OFFER, token) as link:
        return _decline(link, refusal.reason)


@use_case
def _view(link: Opened) -> PublicOffer:
    offer = _lock(link)
    if offer.status == OfferStatus.SENT and not _is_over(offer):
        offer.version += 1
        offer.viewed_at = clock.now()
        state_engine.fire_automatic(OFFER_MACHINE, [offer], "view")
    return _shown(offer)


@use_case
def _accept(link: Opened, signed_name: str) -> PublicOffer:
    offer = _answerable(link)
    name = db.session.scalar(sa.select(Candidate.name).where(Candidate.id == offer.candidate_id)) or ""
    if not is_signature_of(signed_name, name):
        wrong = {"pointer": "/signed_name", "code": "other_name", "detail": f"must be the name in the offer: {name}"}
        raise Invalid("The signature is not the name in the offer.", code="other_name", errors=[wrong])
    digest = db.session.scalar(sa.select(CandidateDocument.sha256).where(CandidateDocument.id == offer.document_id))
    offer.signed_name, offer.signed_sha256 = signed_name, digest
    state_engine.fire_automatic(OFFER_MACHINE, [offer], "accept")
    event_service.record("offer.signed", offer, revision=offer.revision, sha256=digest)
    return _shown(offer)


def is_signature_of(signed_name: str, name: str) -> bool:
    """Return whether a typed name is that of a person, whatever its case, accents, order and middle names.

    Letters may be spelled out, as on a keyboard that lacks them: "Mueller" for "Müller".
    """
    typed_names, known_names = ([set(words(each)) for each in all_spellings(one)] for one in (signed_name, name))
    return any(_is_same(typed, known) for typed in typed_names for known in known_names)


def _is_same(typed: set[str], known: set[str]) -> bool:
    # With two names in common, one may have more: "Grace Hopper" signs for "Grace Brewster Hopper".
    return typed == known or (len(typed & known) >= 2 and (typed <= known or known <= typed))


@use_case
def _decline(link: Opened, reason: str | None) -> PublicOffer:
    offer = _answerable(link)
    offer.status_reason = reason
    state_engine.fire_automatic(OFFER_MACHINE, [offer], "decline", reason)
    return _shown(offer)


def _lock(link: Opened) -> Offer:
    """Lock the offer of a link; Gone if the link belongs to an earlier version."""
    offer = rows.lock_row(Offer, link.row_id)  # looking at it again must not change the version
    if link.stamp != str(offer.revision) or offer.sent_at is None:
        raise Gone("This offer has changed. Use the link in the most recent email.", code="offer_changed")
    return offer


def _answerable(link: Opened) -> Offer:
    offer = _lock(link)
    if offer.status in SENT and _is_over(offer):
        raise Gone("This offer has expired.", code="offer_expired")
    if offer.status not in SENT:
        raise Conflict(
            f"This offer is {offer.status} and can no longer be answered.",
            code="offer_settled",
            current_state=offer.status,
        )
    offer.version += 1
    return offer


def _is_over(offer: Offer) -> bool:
    # Asked besides the status, because the function that expires offers runs only every hour.
    return offer.expires_at is not None and offer.expires_at <= clock.now()


def _shown(offer: Offer) -> PublicOffer:
    tenant = rows.get(Tenant, scope.tenant_id())
    name = db.session.scalars(sa.select(Candidate.name).where(Candidate.id == offer.candidate_id)).one()
    is_over = offer.status in SENT and _is_over(offer)
    is_visible = not is_over and offer.status in VISIBLE
    terms = ("pay", "employment_type", "start_on", "expires_at", "conditions", "signed_name", "accepted_at")
    return PublicOffer(
        **tenant_settings_service.imprint(tenant),
        company=tenant.name,
        time_zone=tenant.time_zone,
        candidate_name=name,
        status=OfferStatus.EXPIRED if is_over else offer.status,
        letter_url=_letter_url(offer.document_id) if is_visible else None,
        title=offer.title,
        **{name: getattr(offer, name) if is_visible else None for name in terms},
    )


def _letter_url(document_id: UUID | None) -> str:
    assert document_id is not None, "a sent offer has a letter"
    return file_links.make(offer_service.SENT_KIND, document_id).url
