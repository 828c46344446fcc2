"""Consents per purpose, with proof and expiry; expired and withdrawn consents remain as evidence."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateConsent
from app.models.candidate_consent import ConsentPurpose
from app.schemas.candidate_consent_schema import CandidateConsentCreate, CandidateConsentOut, CandidateConsentQuery
from app.schemas.lists import Page
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.mail import email_message_service
from app.utils import clock, scope
from app.utils.errors import Conflict, Invalid


def list_consents(query: CandidateConsentQuery) -> Page[CandidateConsentOut]:
    """List consents, filtered."""
    statement = sa.select(CandidateConsent)
    if query.is_valid is not None:
        statement = statement.where(valid() if query.is_valid else sa.not_(valid()))
    page = listing.paginate(statement, CandidateConsent, query)
    page.data = [_shown(consent) for consent in page.data]
    return page


@use_case
def give(new: CandidateConsentCreate) -> CandidateConsentOut:
    """Record a consent; Invalid if it was given in the future."""
    rows.get(Candidate, new.candidate_id)
    if new.given_at > clock.now():
        raise Invalid("given_at must not be in the future.", code="given_in_future")
    consent = CandidateConsent(**new.model_dump(), recorded_by_id=scope.user_id())
    db.session.add(consent)
    db.session.flush()  # the event needs the id
    event_service.record("candidate_consent.given", consent, purpose=consent.purpose, source=consent.source)
    return _shown(consent)


@use_case
def withdraw(consent_id: UUID) -> CandidateConsentOut:
    """Record the withdrawal of a consent; Conflict if it was withdrawn already."""
    consent = rows.lock_row(CandidateConsent, consent_id)
    if consent.withdrawn_at is not None:
        raise Conflict("The consent has already been withdrawn.", code="already_withdrawn")
    consent.withdrawn_at = clock.now()
    event_service.record("candidate_consent.withdrawn", consent, purpose=consent.purpose)
    if consent.purpose is ConsentPurpose.RECRUITING:
        email_message_service.end_sequences(consent.candidate_id)
    return _shown(consent)


def valid() -> sa.ColumnElement[bool]:
    """Return the condition that a consent is currently valid."""
    return sa.and_(
        CandidateConsent.withdrawn_at.is_(None),
        sa.or_(CandidateConsent.expires_at.is_(None), CandidateConsent.expires_at > clock.now()),
    )


def _shown(consent: CandidateConsent) -> CandidateConsentOut:
    over = consent.expires_at is not None and consent.expires_at <= clock.now()
    return CandidateConsentOut(**rows.columns_of(consent), is_valid=consent.withdrawn_at is None and not over)
