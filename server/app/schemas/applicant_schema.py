"""The applicants of a job, ranked."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from app.models.application import ApplicationStatus
from app.models.candidate_mark import MarkKind
from app.models.job_stage import StageKind
from app.schemas.application_schema import ApplicationListed
from app.schemas.candidate_match_schema import MarkOrNone
from app.schemas.common import ShortLine, Storable
from app.schemas.documented import like
from app.schemas.expanded_schema import ExpandOfApplication
from app.schemas.lists import AnyOf, Ids, IdsOrNone, ListQuery, SearchLine, dated


class ApplicantOut(ApplicationListed):
    """An application with the candidate's match and history."""

    match_score: float | None = Field(
        description="0 to 100; null before the first ranking, and without the `candidate_matches.read` permission"
    )
    match_grade: Annotated[str, like("MatchGrade")] | None = Field(description="The grade of the match, or null")
    match_confidence: int | None = Field(description="Percentage of the criteria's weight that is known, or null")
    mark: MarkKind | None
    marked_by_id: UUID | None
    earlier_applications: int = Field(description="Earlier applications of the candidate that you see, for any job")
    is_silver_medallist: bool = Field(
        description="Whether an earlier application that you see came to an interview or an offer, but not to a hire"
    )


@dated("applied_at", "stage_entered_at", "last_activity_at")
class ApplicantQuery(ListQuery):
    """Filters for listing the applicants of a job."""

    sorts: ClassVar[tuple[str, ...]] = (
        "match_score",
        "applied_at",
        "stage_entered_at",
        "last_activity_at",
        "created_at",
    )

    sort: str = Field("-match_score", max_length=60)
    expand: AnyOf[ExpandOfApplication] | None = Field(None, description="What to add to each row")

    q: SearchLine | None = Field(None, description="Words of the candidate's name, title, skills or resume")
    mark: AnyOf[MarkOrNone] | None = None
    owner_id: IdsOrNone | None = Field(None, description="Owners of the candidates")
    stage_id: Ids | None = None
    stage_kind: AnyOf[StageKind] | None = None
    status: AnyOf[ApplicationStatus] | None = None
    source: AnyOf[ShortLine] | None = None
    awaits_screening: bool | None = None
    has_passed: bool | None = Field(None, description="Whether all answers to screening questions pass")
    answer: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}:.{1,200}$"), Storable] | None = Field(
        None, description="Only those with this answer, as `question_id:value`"
    )
    is_silver_medallist: bool | None = Field(None, description="Only silver medallists, or only others")
