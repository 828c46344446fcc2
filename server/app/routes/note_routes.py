"""Notes on candidates, applications and jobs."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.schemas.note_schema import (
    NoteCreate,
    NoteListed,
    NoteOut,
    NoteQuery,
    NoteUpdate,
)
from app.services.collaboration import note_service

bp = Blueprint("notes", __name__, url_prefix="/notes")


@bp.get("")
@endpoint("notes.read", out=Page[NoteListed])
def list_notes(query: NoteQuery):
    """List the notes that you can read."""
    return note_service.list_notes(query)


@bp.post("")
@endpoint("notes.create", out=NoteOut, status=201)
def create(body: NoteCreate):
    """Add a note on a candidate, an application or a job."""
    return note_service.create(body)


@bp.get("/<uuid:note_id>")
@endpoint("notes.read", out=NoteOut)
def get(note_id: UUID):
    """Get a note."""
    return note_service.get(note_id)


@bp.patch("/<uuid:note_id>")
@endpoint("notes.create", out=NoteOut)
def update(note_id: UUID, body: NoteUpdate, if_match: IfMatch):
    """Update a note."""
    return note_service.update(note_id, body, if_match)


@bp.delete("/<uuid:note_id>")
@endpoint("notes.create", status=204)
def delete(note_id: UUID):
    """Delete a note."""
    note_service.delete(note_id)
