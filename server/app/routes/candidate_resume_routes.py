"""Resumes: upload, parsing, what was found."""

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
from app.schemas.common import Page
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
    """Upload a resume (pdf, docx, odt, rtf, txt); it is stored at once and parsed soon after."""
    return candidate_resume_service.upload(file, form.candidate_id)


@bp.get("/<uuid:resume_id>")
@endpoint("candidate_resumes.read", out=CandidateResumeDetail)
def get(resume_id: UUID):
    """One resume with its text and the facts found in it, each with its place in the text."""
    return candidate_resume_service.read(resume_id)


@bp.patch("/<uuid:resume_id>")
@endpoint("candidate_resumes.update", out=CandidateResumeOut)
def update(resume_id: UUID, body: CandidateResumeUpdate):
    """Attach a resume to a candidate, or make it the primary one."""
    return candidate_resume_service.update(resume_id, body)


@bp.post("/<uuid:resume_id>/confirm")
@endpoint("candidate_resumes.update", out=CandidateResumeOut)
def confirm(resume_id: UUID):
    """Take a resume from a public form for the candidate's own: propose what it says, add contact points."""
    return candidate_resume_service.confirm(resume_id)


@bp.post("/<uuid:resume_id>/parse")
@endpoint("candidate_resumes.update", out=CandidateResumeOut, status=202)
def parse_again(resume_id: UUID):
    """Parse a resume again."""
    return candidate_resume_service.parse_again(resume_id)


@bp.delete("/<uuid:resume_id>")
@endpoint("candidate_resumes.delete", status=204)
def delete(resume_id: UUID):
    """Delete a resume with its file; the last one of a candidate stays."""
    candidate_resume_service.delete(resume_id)
