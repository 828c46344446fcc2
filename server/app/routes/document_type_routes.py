"""Types of documents, and which of them are required."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch
from app.schemas.document_type_schema import (
    DocumentRequirementCreate,
    DocumentRequirementOut,
    DocumentRequirementQuery,
    DocumentTypeCreate,
    DocumentTypeOut,
    DocumentTypeUpdate,
)
from app.schemas.lists import Page
from app.services.candidates import document_type_service

bp = Blueprint("document_types", __name__)


@bp.get("/document-types")
@endpoint("candidate_documents.read", out=Page[DocumentTypeOut])
def list_types():
    """List the types of documents."""
    return document_type_service.list_types()


@bp.post("/document-types")
@endpoint("document_types.update", out=DocumentTypeOut, status=201)
def create(body: DocumentTypeCreate):
    """Add a type of document."""
    return document_type_service.create(body)


@bp.get("/document-types/<uuid:document_type_id>")
@endpoint("candidate_documents.read", out=DocumentTypeOut)
def get(document_type_id: UUID):
    """Get a type of document."""
    return document_type_service.get(document_type_id)


@bp.patch("/document-types/<uuid:document_type_id>")
@endpoint("document_types.update", out=DocumentTypeOut)
def update(document_type_id: UUID, body: DocumentTypeUpdate, if_match: IfMatch):
    """Update a type of document."""
    return document_type_service.update(document_type_id, body, if_match)


@bp.delete("/document-types/<uuid:document_type_id>")
@endpoint("document_types.update", status=204)
def delete(document_type_id: UUID):
    """Delete a type of document that no document has."""
    document_type_service.delete(document_type_id)


@bp.get("/document-requirements")
@endpoint("candidate_documents.read", out=Page[DocumentRequirementOut])
def list_requirements(query: DocumentRequirementQuery):
    """List which types of documents invited candidates must send."""
    return document_type_service.list_requirements(query)


@bp.post("/document-requirements")
@endpoint("document_types.update", out=DocumentRequirementOut, status=201)
def require(body: DocumentRequirementCreate):
    """Require a type of document of invited candidates."""
    return document_type_service.require(body)


@bp.delete("/document-requirements/<uuid:requirement_id>")
@endpoint("document_types.update", status=204)
def unrequire(requirement_id: UUID):
    """Require a type of document no more."""
    document_type_service.unrequire(requirement_id)
