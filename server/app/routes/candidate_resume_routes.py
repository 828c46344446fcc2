"""Resumes: upload, parsing and parsed facts."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.candidate_resume_schema import (
    CandidateResumeDetail,
    CandidateResumeOut,
    CandidateResumeQuery,
    CandidateResumeUpdate,
    ResumeUploadForm,
)
from app.schemas.lists import Page
from app.services.resumes import candidate_resume_service
from app.utils.file_store import Upload

bp = Blueprint("candidate_resumes", __name__, url_prefix="/candidate-resumes")


@bp.get("")
@endpoint("candidate_resumes.read", out=Page[CandidateResumeOut])
def list_resumes(query: CandidateResumeQuery):
    """List resumes."""
    return candidate_resume_service.list_resumes(query)


@bp.post("")
@endpoint("candidate_resumes.create", out=CandidateResumeOut, status=202)
def upload(file: Upload, form: ResumeUploadForm):
    """Upload a resume: pdf, docx, odt, rtf or txt.

    The file is stored immediately and parsed in the background.
    """
    return candidate_resume_service.upload(file, form.candidate_id)


@bp.get("/<uuid:resume_id>")
@endpoint("candidate_resumes.read", out=CandidateResumeDetail)
def get(resume_id: UUID):
    """Get a resume with its text and parsed facts.

    Each fact includes its position in the text.
    """
    return candidate_resume_service.read(resume_id)


@bp.patch("/<uuid:resume_id>")
@endpoint("candidate_resumes.update", out=CandidateResumeOut)
def update(resume_id: UUID, body: CandidateResumeUpdate):
    """Attach a resume to a candidate, or make it the primary one."""
    return candidate_resume_service.update(resume_id, body)


@bp.post("/<uuid:resume_id>/confirm")
@endpoint("candidate_resumes.update", out=CandidateResumeOut)
def confirm(resume_id: UUID):
    """Confirm that a resume from a public form belongs to the candidate.

    Its facts are proposed for the profile, and its contact points are added.
    """
    return candidate_resume_service.confirm(resume_id)


@bp.post("/<uuid:resume_id>/parse")
@endpoint("candidate_resumes.update", out=CandidateResumeOut, status=202)
def parse_again(resume_id: UUID):
    """Parse a resume again."""
    return candidate_resume_service.parse_again(resume_id)


@bp.delete("/<uuid:resume_id>")
@endpoint("candidate_resumes.delete", status=204)
def delete(resume_id: UUID):
    """Delete a resume with its file.

    The last resume of a candidate cannot be deleted.
    """
    candidate_resume_service.delete(resume_id)
