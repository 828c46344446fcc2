"""Documents of candidates."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.models.candidate_document import Verification
from app.schemas.candidate_document_schema import (
    CandidateDocumentOut,
    CandidateDocumentQuery,
    CandidateDocumentUpdate,
    DocumentUploadForm,
)
from app.schemas.common import FileLink
from app.schemas.lists import Page
from app.services.candidates import candidate_document_service
from app.utils.file_store import Upload

bp = Blueprint("candidate_documents", __name__, url_prefix="")


@bp.get("/candidate-documents")
@endpoint("candidate_documents.read", out=Page[CandidateDocumentOut])
def list_documents(query: CandidateDocumentQuery):
    """List documents."""
    return candidate_document_service.list_documents(query)


@bp.post("/candidates/<uuid:candidate_id>/documents")
@endpoint("candidate_documents.create", out=CandidateDocumentOut, status=201)
def upload(candidate_id: UUID, file: Upload, form: DocumentUploadForm):
    """Attach a file to a candidate: pdf, doc, docx, odt, rtf, txt, jpg or png."""
    return candidate_document_service.upload(candidate_id, file)


@bp.get("/candidate-documents/<uuid:document_id>")
@endpoint("candidate_documents.read", out=CandidateDocumentOut)
def get(document_id: UUID):
    """Get the metadata of a document."""
    return candidate_document_service.get(document_id)


@bp.patch("/candidate-documents/<uuid:document_id>")
@endpoint("candidate_documents.verify", out=CandidateDocumentOut)
def update(document_id: UUID, body: CandidateDocumentUpdate):
    """Say of which type a document is, and when it expires."""
    return candidate_document_service.update(document_id, body)


@bp.post("/candidate-documents/<uuid:document_id>/verify")
@endpoint("candidate_documents.verify", out=CandidateDocumentOut)
def verify(document_id: UUID):
    """Verify a document: it is what its type asks for."""
    return candidate_document_service.judge(document_id, Verification.VERIFIED)


@bp.post("/candidate-documents/<uuid:document_id>/refuse")
@endpoint("candidate_documents.verify", out=CandidateDocumentOut)
def refuse(document_id: UUID):
    """Refuse a document: it is not what its type asks for."""
    return candidate_document_service.judge(document_id, Verification.REFUSED)


@bp.get("/candidate-documents/<uuid:document_id>/link")
@endpoint("candidate_documents.read", out=FileLink)
def link(document_id: UUID):
    """Get a signed URL of the file, valid for five minutes."""
    return candidate_document_service.link(document_id)


@bp.get("/candidate-documents/<uuid:document_id>/thumbnail")
@endpoint("candidate_documents.read", out=FileLink)
def thumbnail(document_id: UUID):
    """Get a signed URL of a thumbnail, valid for five minutes.

    The thumbnail shows the first page of a pdf, txt, jpg or png file.
    """
    return candidate_document_service.thumbnail_link(document_id)


@bp.delete("/candidate-documents/<uuid:document_id>")
@endpoint("candidate_documents.delete", status=204)
def delete(document_id: UUID):
    """Delete a document."""
    candidate_document_service.delete(document_id)
