"""Types of documents, and which of them invited candidates must send."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import DocumentRequirement, DocumentType, Job
from app.schemas.document_type_schema import (
    DocumentRequirementCreate,
    DocumentRequirementQuery,
    DocumentTypeCreate,
    DocumentTypeOut,
    DocumentTypeUpdate,
)
from app.schemas.lists import Page
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils.errors import Conflict, Invalid

MAX_TYPES, MAX_REQUIREMENTS = 50, 500


def list_types() -> Page[DocumentTypeOut]:
    """Return all types, by name."""
    types = db.session.scalars(sa.select(DocumentType).order_by(DocumentType.name, DocumentType.id))
    return listing.single_page(DocumentTypeOut.model_validate(each) for each in types)


def get(document_type_id: UUID) -> DocumentType:
    """Return a type; NotFound if there is none."""
    return rows.get(DocumentType, document_type_id)


@use_case
def create(new: DocumentTypeCreate) -> DocumentType:
    """Add a type; Conflict if there is one of this name."""
    rows.enforce_limit(MAX_TYPES, DocumentType, f"There can be {MAX_TYPES} types of documents", "too_many_types")
    kind = DocumentType(**new.model_dump())
    db.session.add(kind)
    db.session.flush()  # the event needs the id
    event_service.record("document_type.created", kind)
    return kind


@use_case
def update(document_type_id: UUID, changes: DocumentTypeUpdate, if_match: int | None) -> DocumentType:
    """Change a type; documents that were verified stay so."""
    kind = rows.lock_for_update(DocumentType, document_type_id, if_match)
    changed = rows.apply_changes(kind, changes.model_dump(exclude_unset=True))
    event_service.record("document_type.updated", kind, changed=changed)
    return kind


@use_case
def delete(document_type_id: UUID) -> None:
    """Delete a type with its requirements; Conflict if there are documents of it."""
    kind = rows.lock_for_delete(DocumentType, document_type_id)
    event_service.record("document_type.deleted", kind)
    db.session.delete(kind)


def list_requirements(query: DocumentRequirementQuery) -> Page[DocumentRequirement]:
    """List the requirements, filtered."""
    return listing.paginate(sa.select(DocumentRequirement), DocumentRequirement, query)


@use_case
def require(new: DocumentRequirementCreate) -> DocumentRequirement:
    """Require a type for a job or for every invitation; Conflict if it is required already."""
    rows.lock_row(DocumentType, new.document_type_id)  # so that concurrent requests do not both find no row
    if new.job_id is not None:
        rows.get(Job, new.job_id)
    present = sa.select(DocumentRequirement.id).where(
        DocumentRequirement.document_type_id == new.document_type_id,
        DocumentRequirement.job_id.is_not_distinct_from(new.job_id),
    )
    if db.session.scalar(present) is not None:
        raise Conflict("This type is already required there.", code="already_required")
    rule = f"There can be {MAX_REQUIREMENTS} requirements"
    rows.enforce_limit(MAX_REQUIREMENTS, DocumentRequirement, rule, "too_many_requirements")
    requirement = DocumentRequirement(**new.model_dump())
    db.session.add(requirement)
    db.session.flush()  # the event needs the id
    event_service.record("document_requirement.created", requirement, job_id=new.job_id)
    return requirement


@use_case
def unrequire(requirement_id: UUID) -> None:
    """Require a type there no more."""
    requirement = rows.lock_for_delete(DocumentRequirement, requirement_id)
    event_service.record("document_requirement.deleted", requirement)
    db.session.delete(requirement)


def check_expiry(kind: DocumentType | None, expires_on: date | None) -> None:
    """Invalid if a document of this type needs the day of its expiry and has none."""
    if kind is not None and kind.has_expiry and expires_on is None:
        wrong = {"pointer": "/expires_on", "code": "missing", "detail": "is required for this type of document"}
        raise Invalid("This type of document needs the day of its expiry.", code="expiry_missing", errors=[wrong])


def required(job_id: UUID | None) -> Sequence[DocumentType]:
    """Return the types that someone invited for this job must send, by name."""
    of_job = DocumentRequirement.job_id.is_(None) | (DocumentRequirement.job_id == job_id)
    needed = sa.select(DocumentRequirement.document_type_id).where(of_job)
    return db.session.scalars(
        sa.select(DocumentType).where(DocumentType.id.in_(needed)).order_by(DocumentType.name, DocumentType.id)
    ).all()
