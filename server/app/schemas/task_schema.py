"""Tasks about candidates, applications and jobs."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from app.schemas.about_one import AboutOne
from app.schemas.common import Line, Moment, Out, UtcMoment
from app.schemas.expanded_schema import CandidateRef, ExpandOfTask, JobRef, UserRef
from app.schemas.lists import AnyOf, IdsOrNone, ListQuery, Owned, SearchLine, dated
from app.schemas.patch import Patch


class TaskCreate(AboutOne):
    """A new task about one subject. By default, it is assigned to you."""

    title: Line = Field(examples=["Call back about the notice period"])
    due_at: Moment = Field(examples=["2027-01-31T09:00:00Z"])
    assignee_id: UUID | None = Field(None, description="The user who has the task; by default you")


class TaskUpdate(Patch):
    """Fields to change."""

    nullable: ClassVar[frozenset[str]] = frozenset({"assignee_id"})

    title: Line | None = None
    due_at: Moment | None = None
    assignee_id: UUID | None = None
    is_done: Annotated[bool, Field(strict=True)] | None = None


class TaskOut(Out):
    """A task. It is open while `done_at` is null."""

    id: UUID
    candidate_id: UUID | None
    application_id: UUID | None
    job_id: UUID | None
    title: str
    due_at: UtcMoment
    assignee_id: UUID | None
    created_by_id: UUID | None
    done_at: UtcMoment | None
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class TaskListed(TaskOut):
    """A task as shown in lists, with what `expand` adds."""

    candidate: CandidateRef | None = None
    job: JobRef | None = None
    assignee: UserRef | None = None


@dated("due_at", "done_at")
class TaskQuery(ListQuery):
    """Filters for listing tasks."""

    sorts: ClassVar[tuple[str, ...]] = ("due_at", "created_at", "updated_at")

    expand: AnyOf[ExpandOfTask] | None = Field(None, description="What to add to each row")

    q: SearchLine | None = Field(None, description="Part of the title")
    candidate_id: IdsOrNone | None = None
    application_id: IdsOrNone | None = None
    job_id: IdsOrNone | None = None
    assignee_id: IdsOrNone | None = None
    created_by_id: IdsOrNone | None = None
    assigned_to: Owned | None = Field(None, description="Only those of yours, or of your team")
    is_done: bool | None = None
