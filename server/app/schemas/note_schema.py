"""Notes on candidates, applications and jobs."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from app.models.note import NoteVisibility
from app.schemas.about_one import AboutOne
from app.schemas.common import Out, Text, UtcMoment
from app.schemas.expanded_schema import CandidateRef, ExpandOfNote, JobRef, UserRef
from app.schemas.lists import AnyOf, IdsOrNone, ListQuery, SearchLine
from app.schemas.patch import Patch


def _something(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


NoteText = Annotated[Text, AfterValidator(_something)]
Mentions = Annotated[list[UUID], Field(max_length=20)]


class NoteCreate(AboutOne):
    """A new note on one subject. Unless it is private, mentioned users can read it and are notified."""

    body: NoteText = Field(examples=["Prefers mornings; asked about remote work."])
    visibility: NoteVisibility = NoteVisibility.PUBLIC
    mentions: Mentions = []


class NoteUpdate(Patch):
    """Fields to change. Only the author can change a note."""

    body: NoteText | None = None
    visibility: NoteVisibility | None = None
    mentions: Mentions | None = None


class NoteOut(Out):
    """A note."""

    id: UUID
    candidate_id: UUID | None
    application_id: UUID | None
    job_id: UUID | None
    author_id: UUID | None
    body: str
    visibility: NoteVisibility
    mentions: list[UUID]
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class NoteListed(NoteOut):
    """A note as shown in lists, with what `expand` adds."""

    author: UserRef | None = None
    candidate: CandidateRef | None = None
    job: JobRef | None = None


class NoteQuery(ListQuery):
    """Filters for listing notes."""

    expand: AnyOf[ExpandOfNote] | None = Field(None, description="What to add to each row")

    q: SearchLine | None = Field(None, description="Part of the text")
    candidate_id: IdsOrNone | None = None
    application_id: IdsOrNone | None = None
    job_id: IdsOrNone | None = None
    author_id: IdsOrNone | None = None
    visibility: AnyOf[NoteVisibility] | None = None
