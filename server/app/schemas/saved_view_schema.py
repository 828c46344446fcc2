"""Views of lists that users keep."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from app.models.saved_view import ViewedList
from app.schemas.application_schema import ApplicationListed, ApplicationQuery
from app.schemas.approval_schema import ApprovalItem, ApprovalQuery
from app.schemas.candidate_schema import CandidateListed, CandidateQuery
from app.schemas.common import Flag, In, Out, ShortLine, UtcMoment
from app.schemas.interview_schema import InterviewListed, InterviewQuery
from app.schemas.job_schema import JobListed, JobQuery
from app.schemas.lists import AnyOf, ListQuery
from app.schemas.note_schema import NoteListed, NoteQuery
from app.schemas.offer_schema import OfferListed, OfferQuery
from app.schemas.patch import Patch
from app.schemas.talent_pool_schema import TalentPoolOut, TalentPoolQuery
from app.schemas.task_schema import TaskListed, TaskQuery
from app.schemas.user_schema import UserOut, UserQuery

# The parameters of each list, and the rows whose fields can be columns.
LISTS: dict[ViewedList, tuple[type[ListQuery], type[Out]]] = {
    ViewedList.APPLICATIONS: (ApplicationQuery, ApplicationListed),
    ViewedList.APPROVALS: (ApprovalQuery, ApprovalItem),
    ViewedList.CANDIDATES: (CandidateQuery, CandidateListed),
    ViewedList.INTERVIEWS: (InterviewQuery, InterviewListed),
    ViewedList.JOBS: (JobQuery, JobListed),
    ViewedList.NOTES: (NoteQuery, NoteListed),
    ViewedList.OFFERS: (OfferQuery, OfferListed),
    ViewedList.TALENT_POOLS: (TalentPoolQuery, TalentPoolOut),
    ViewedList.TASKS: (TaskQuery, TaskListed),
    ViewedList.USERS: (UserQuery, UserOut),
}
Value = str | int | bool | list[str]
ListParameters = Annotated[
    dict[str, Value],
    Field(
        max_length=50,
        description="Parameters of the list, named as in its URL; without `cursor` and `limit`",
        examples=[{"status": "active", "sort": "-stage_entered_at", "applied_at[gte]": "2026-01-01T00:00:00Z"}],
    ),
]
ColumnName = Annotated[str, Field(pattern=r"^[a-z][a-z_]*(\.[a-z][a-z0-9_]*)?$", max_length=80)]
Columns = Annotated[
    list[ColumnName],
    Field(
        max_length=50,
        description="Fields of the rows, in order; of fields with fields of their own, such as `job.title`",
        examples=[["candidate_name", "stage_name", "custom_fields.shift"]],
    ),
]


class SavedViewCreate(In):
    """A view to keep. Names are unique for each list."""

    resource: ViewedList = Field(examples=["applications"])
    name: ShortLine = Field(examples=["Waiting for longest"])
    query: ListParameters = {}
    columns: Columns = []
    is_shared: Flag = Field(
        False, description="Share it with other users of the tenant, who see only the rows they have access to"
    )


class SavedViewUpdate(Patch):
    """Fields to change. `query` and `columns` are replaced as a whole."""

    name: ShortLine | None = None
    query: ListParameters | None = None
    columns: Columns | None = None
    is_shared: Flag | None = None


class SavedViewOut(Out):
    """A view."""

    id: UUID
    user_id: UUID
    resource: ViewedList
    name: str
    query: dict[str, Any] = Field(description="Parameters of the list")
    columns: list[str] = Field(description="Fields of the rows that the client shows, in order")
    is_shared: bool
    url: str = Field(description="URL of the list with these parameters")
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class SavedViewQuery(ListQuery):
    """Filters for listing your views and the shared ones."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "name")

    resource: AnyOf[ViewedList] | None = None
