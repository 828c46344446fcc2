"""Pools of interviewers."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field

from app.schemas.common import In, Out, ShortLine, UtcMoment
from app.schemas.document_type_schema import Description
from app.schemas.patch import Patch

Members = Annotated[
    list[UUID], Field(min_length=1, max_length=50), AfterValidator(lambda users: list(dict.fromkeys(users)))
]


class InterviewerPoolCreate(In):
    """A new pool. Names are unique within the tenant."""

    name: ShortLine = Field(examples=["Technical interviewers"])
    description: Description | None = None
    user_ids: Members = Field(description="The users in the pool, at most 50")


class InterviewerPoolUpdate(Patch):
    """Fields to change. `user_ids` replaces the users."""

    nullable: ClassVar[frozenset[str]] = frozenset({"description"})

    name: ShortLine | None = None
    description: Description | None = None
    user_ids: Members | None = Field(None, description="The users in the pool, at most 50")


class InterviewerPoolOut(Out):
    """A pool of interviewers."""

    id: UUID
    name: str
    description: str | None
    user_ids: list[UUID] = Field(description="The users in the pool")
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment
