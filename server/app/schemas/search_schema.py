"""One search over everything that a person would look for by a name."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar
from uuid import UUID

from pydantic import Field

from app.schemas.application_schema import ApplicationOut
from app.schemas.candidate_schema import CandidateItem
from app.schemas.common import Out, Query, Storable
from app.schemas.expanded_schema import JobRef
from app.schemas.user_schema import SystemRole

T = TypeVar("T")


class SearchQuery(Query):
    """Words, or their beginnings."""

    q: Annotated[str, Field(min_length=2, max_length=100), Storable] = Field(
        description="Words, or their beginnings; what differs by one letter is found if nothing else is"
    )


class FoundUser(Out):
    """A user, as found."""

    id: UUID
    name: str
    title: str | None
    role: SystemRole


class SearchPart(Out, Generic[T]):
    """Up to five rows of one kind. `is_lenient`: none matches exactly, these differ by a letter."""

    data: list[T]
    is_lenient: bool


class SearchOut(Out):
    """What was found of each kind; a kind is null if you lack the permission of its list."""

    candidates: SearchPart[CandidateItem] | None
    applications: SearchPart[ApplicationOut] | None = Field(
        description="Applications of the candidates that were found"
    )
    jobs: SearchPart[JobRef] | None
    users: SearchPart[FoundUser] | None
