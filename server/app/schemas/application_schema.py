"""Applications and their transitions."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from app.models.application import APPLICATION_MACHINE, ApplicationStatus
from app.models.job_stage import StageKind
from app.schemas.candidate_profile import FieldValues, StoredFieldValues
from app.schemas.common import In, Out, Reason, ShortLine, UtcMoment
from app.schemas.expanded_schema import CandidateRef, ExpandOfApplication, JobRef, StageRef, UserRef
from app.schemas.lists import AnyOf, CustomFieldFilter, Ids, IdsOrNone, ListQuery, Owned, SearchLine, dated
from app.schemas.patch import Patch
from app.schemas.state_schema import Stateful


class ApplicationCreate(In):
    """A new application for an open job. The stage defaults to the first one of kind `applied`."""

    candidate_id: UUID
    job_id: UUID
    stage_id: UUID | None = None
    source: ShortLine | None = Field(None, examples=["referral"])
    custom_fields: FieldValues = Field({}, description="Values of custom fields by key")


class ApplicationUpdate(Patch):
    """Fields to change."""

    nullable: ClassVar[frozenset[str]] = frozenset({"source"})

    source: ShortLine | None = Field(None, examples=["referral"])
    custom_fields: FieldValues | None = Field(
        None, description="Values of custom fields by key; a null removes the value"
    )


class ApplicationMove(In):
    """The current stage and the new one. The move is refused if the application is no longer in `from_stage_id`."""

    from_stage_id: UUID
    to_stage_id: UUID


class ApplicationTransfer(In):
    """The open job to transfer the application to, and optionally a stage and a reason."""

    job_id: UUID
    stage_id: UUID | None = None
    reason: Reason | None = None


class ApplicationAction(In):
    """The reason, as text or as one of the tenant's reasons. A rejection requires one of the two."""

    reason: Reason | None = Field(None, examples=["The role asks for more experience with SQL."])
    reason_id: UUID | None = Field(None, description="For `reject` and `withdraw`: one of the tenant's reasons")


class ApplicationOut(Stateful):
    """An application with its stage, status and allowed actions."""

    machine = APPLICATION_MACHINE

    id: UUID
    candidate_id: UUID
    candidate_name: str
    job_id: UUID
    job_title: str
    stage_id: UUID
    stage_name: str
    stage_kind: StageKind
    status: ApplicationStatus
    status_reason: str | None
    rejection_reason_id: UUID | None
    opening_id: UUID | None
    source: str | None
    custom_fields: StoredFieldValues
    awaits_screening: bool
    tracking_link_id: UUID | None
    transferred_from_id: UUID | None
    stage_entered_at: UtcMoment
    version: int
    applied_at: UtcMoment
    created_at: UtcMoment
    updated_at: UtcMoment


class ApplicationListed(ApplicationOut):
    """An application as shown in lists, with what `expand` adds."""

    last_activity_at: UtcMoment
    candidate: CandidateRef | None = None
    job: JobRef | None = None
    stage: StageRef | None = None
    owner: UserRef | None = None


class StageHistoryOut(Out):
    """A stage and status of an application. `left_at` is null for the current one."""

    stage_id: UUID
    stage_name: str
    status: ApplicationStatus
    entered_at: UtcMoment
    left_at: UtcMoment | None


@dated("applied_at", "stage_entered_at", "last_activity_at")
class ApplicationQuery(ListQuery):
    """Filters for listing applications."""

    sorts: ClassVar[tuple[str, ...]] = (
        "created_at",
        "updated_at",
        "applied_at",
        "stage_entered_at",
        "last_activity_at",
    )

    expand: AnyOf[ExpandOfApplication] | None = Field(None, description="What to add to each row")

    q: SearchLine | None = Field(None, description="Words of the candidate's name, title, skills or resume")
    candidate_id: Ids | None = None
    job_id: Ids | None = None
    stage_id: Ids | None = None
    stage_kind: AnyOf[StageKind] | None = None
    status: AnyOf[ApplicationStatus] | None = None
    source: AnyOf[ShortLine] | None = None
    custom_field: CustomFieldFilter | None = None
    awaits_screening: bool | None = None
    rejection_reason_id: IdsOrNone | None = None
    tracking_link_id: IdsOrNone | None = None
    owner_id: IdsOrNone | None = Field(None, description="Owners of the candidates")
    owned_by: Owned | None = Field(None, description="Only those of candidates that you own, or that your team owns")
    mine: bool | None = Field(None, description="Whether you own the job or are in its hiring team")
