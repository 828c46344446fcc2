"""Notes on candidates."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.candidate_note_schema import (
    CandidateNoteCreate,
    CandidateNoteOut,
    CandidateNoteQuery,
    CandidateNoteUpdate,
)
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.services.candidates import candidate_note_service

bp = Blueprint("candidate_notes", __name__, url_prefix="/candidate-notes")


@bp.get("")
@endpoint("candidate_notes.read", out=Page[CandidateNoteOut])
def list_notes(query: CandidateNoteQuery):
    """List the notes on candidates that you can read."""
    return candidate_note_service.list_notes(query)


@bp.post("")
@endpoint("candidate_notes.create", out=CandidateNoteOut, status=201)
def create(body: CandidateNoteCreate):
    """Add a note on a candidate."""
    return candidate_note_service.create(body)


@bp.get("/<uuid:note_id>")
@endpoint("candidate_notes.read", out=CandidateNoteOut)
def get(note_id: UUID):
    """Get a note on a candidate."""
    return candidate_note_service.get(note_id)


@bp.patch("/<uuid:note_id>")
@endpoint("candidate_notes.create", out=CandidateNoteOut)
def update(note_id: UUID, body: CandidateNoteUpdate, if_match: IfMatch):
    """Update a note on a candidate."""
    return candidate_note_service.update(note_id, body, if_match)


@bp.delete("/<uuid:note_id>")
@endpoint("candidate_notes.create", status=204)
def delete(note_id: UUID):
    """Delete a note on a candidate."""
    candidate_note_service.delete(note_id)
