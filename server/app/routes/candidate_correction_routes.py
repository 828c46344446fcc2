"""Corrections that candidates propose."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.candidate_correction_schema import (
    CandidateCorrectionOut,
    CandidateCorrectionQuery,
    CorrectionDecision,
)
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.services.candidates import candidate_correction_service

bp = Blueprint("candidate_corrections", __name__, url_prefix="/candidate-corrections")


@bp.get("")
@endpoint("candidates.view_own", out=Page[CandidateCorrectionOut])
def list_corrections(query: CandidateCorrectionQuery):
    """List the corrections that candidates proposed of their data."""
    return candidate_correction_service.list_corrections(query)


@bp.post("/<uuid:correction_id>/<words(accept, reject):action>")
@endpoint("candidates.update", out=CandidateCorrectionOut)
def decide(correction_id: UUID, action: str, body: CorrectionDecision, if_match: IfMatch):
    """Accept a correction, which changes the candidate, or reject it with a reason."""
    return candidate_correction_service.decide(correction_id, action, body, if_match)
