"""Candidates as a table, and one candidate as JSON Resume."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.endpoint.files import send_download
from app.schemas.candidate_export_schema import CandidateExportQuery, CandidateTable
from app.schemas.candidate_schema import CandidateUpserted
from app.schemas.json_resume_schema import JsonResume
from app.services.candidates import candidate_export_service
from app.services.resumes import json_resume_service

bp = Blueprint("candidate_exports", __name__, url_prefix="/candidates")


@bp.get("/export")
@endpoint("candidates.export", out=CandidateTable)
def export(query: CandidateExportQuery):
    """Export candidates as CSV or JSON Lines.

    The response is streamed. Spreadsheet formulas are escaped.
    """
    return send_download(candidate_export_service.export(query))


@bp.get("/<uuid:candidate_id>/json-resume")
@endpoint("candidates.view_own", out=JsonResume)
def get_json_resume(candidate_id: UUID):
    """Get a candidate in the JSON Resume format.

    The version is 1.0.0 (jsonresume.org). Work and education come from the primary resume.
    """
    return json_resume_service.get(candidate_id)


@bp.put("/json-resume")
@endpoint("candidates.update", out=CandidateUpserted)
def put_json_resume(body: JsonResume):
    """Create or update a candidate from a JSON Resume.

    An existing candidate is found by email address or phone number. Work and education are stored as a resume.
    """
    return json_resume_service.put(body)
