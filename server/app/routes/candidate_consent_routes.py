"""Consents of candidates."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.candidate_consent_schema import CandidateConsentCreate, CandidateConsentOut, CandidateConsentQuery
from app.schemas.lists import Page
from app.services.candidates import candidate_consent_service

bp = Blueprint("candidate_consents", __name__, url_prefix="/candidate-consents")


@bp.get("")
@endpoint("candidate_consents.read", out=Page[CandidateConsentOut])
def list_consents(query: CandidateConsentQuery):
    """List consents, including expired and withdrawn ones."""
    return candidate_consent_service.list_consents(query)


@bp.post("")
@endpoint("candidate_consents.create", out=CandidateConsentOut, status=201)
def give(body: CandidateConsentCreate):
    """Record a consent with its proof."""
    return candidate_consent_service.give(body)


@bp.post("/<uuid:consent_id>/withdraw")
@endpoint("candidate_consents.create", out=CandidateConsentOut)
def withdraw(consent_id: UUID):
    """Record the withdrawal of a consent."""
    return candidate_consent_service.withdraw(consent_id)
