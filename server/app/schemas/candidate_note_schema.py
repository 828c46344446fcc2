"""Notes on candidates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from app.models.candidate_note import NoteVisibility
from app.schemas.common import In, Out, Text, UtcMoment
from app.schemas.lists import AnyOf, Ids, IdsOrNone, ListQuery, SearchLine
from app.schemas.patch import Patch


def _something(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


NoteText = Annotated[Text, AfterValidator(_something)]
Mentions = Annotated[list[UUID], Field(max_length=20)]


class CandidateNoteCreate(In):
    """A new note. Unless it is private, mentioned users can read it and are notified."""

    candidate_id: UUID
    body: NoteText = Field(examples=["Prefers mornings; asked about remote work."])
    visibility: NoteVisibility = NoteVisibility.PUBLIC
    mentions: Mentions = []


class CandidateNoteUpdate(Patch):
    """Fields to change. Only the author can change a note."""

    body: NoteText | None = None
    visibility: NoteVisibility | None = None
    mentions: Mentions | None = None


class CandidateNoteOut(Out):
    """A note."""

    id: UUID
    candidate_id: UUID
    author_id: UUID | None
    body: str
    visibility: NoteVisibility
    mentions: list[UUID]
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class CandidateNoteQuery(ListQuery):
    """Filters for listing notes."""

    q: SearchLine | None = Field(None, description="Part of the text")
    candidate_id: Ids | None = None
    author_id: IdsOrNone | None = None
    visibility: AnyOf[NoteVisibility] | None = None
