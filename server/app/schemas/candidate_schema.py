"""Candidates and their contact points."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field

from app.models.candidate import CandidateStatus, PayPeriod, Workplace
from app.models.permission import COMPENSATION, PII
from app.schemas import candidate_profile as profile
from app.schemas.common import (
    Day,
    Email,
    In,
    Line,
    NamePart,
    Out,
    Phone,
    Query,
    ShortLine,
    Skills,
    Storable,
    Url,
    UtcMoment,
)
from app.schemas.email_template_schema import Language
from app.schemas.expanded_schema import ContactOut, ExpandOfCandidate, TagRef, UserRef
from app.schemas.guarded import guarded
from app.schemas.lists import AnyOf, CustomFieldFilter, Ids, IdsOrNone, ListQuery, Owned, dated
from app.schemas.money import Amount, Currency
from app.schemas.patch import Patch

Experience = Annotated[
    float, Field(strict=True, ge=0, le=70, allow_inf_nan=False), AfterValidator(lambda years: round(years, 1))
]


SearchText = Annotated[str, Field(min_length=1, max_length=500), Storable]
LANGUAGE = """Words that must all occur; also "phrases", prefix*, AND, OR, NOT or -, parentheses, and name:, title:,
skill:, location: or text: before a word or phrase"""


class Pay(In):
    """An amount of money per period of work."""

    amount: Amount = Field(examples=["72000.00"])
    currency: Currency = Field(examples=["EUR"])
    period: PayPeriod = Field(examples=["year"])


class CandidateFields(In):
    """The profile fields that you can set."""

    given_name: NamePart | None = Field(None, examples=["Grace"])
    family_name: NamePart | None = Field(None, examples=["Hopper"])
    preferred_name: NamePart | None = None
    headline: Line | None = Field(None, examples=["Senior Data Engineer"])
    location: Line | None = Field(None, examples=["Hamburg, Germany"])
    years_experience: Experience | None = Field(None, examples=[7.5])
    expected_pay: Pay | None = Field(None, description="Requires the `compensation.read` permission")
    notice_days: Annotated[int, Field(strict=True, ge=0, le=730)] | None = Field(None, description="Notice period")
    available_from: Day | None = None
    preferred_workplace: Workplace | None = None
    preferred_language: Language | None = Field(None, examples=["de"])
    source: ShortLine | None = Field(None, examples=["referral"])
    source_detail: Line | None = Field(None, description="Such as the campaign, referrer or event")
    source_url: Url | None = None
    owner_id: UUID | None = None
    custom_fields: profile.FieldValues | None = Field(
        None, description="Values of custom fields by key; null removes a value"
    )


class CandidateCreate(CandidateFields):
    """A new candidate. Contact points are unique within the tenant."""

    name: Line = Field(examples=["Grace Hopper"])
    emails: Annotated[list[Email], Field(max_length=10)] = Field([], examples=[["grace@example.com"]])
    phones: Annotated[list[Phone], Field(max_length=10)] = Field([], examples=[["+14155552671"]])
    links: Annotated[list[Url], Field(max_length=20)] = Field([], examples=[["https://example.com/in/grace"]])
    skills: Skills = Field([], examples=[["Python", "PostgreSQL"]])
    skill_use: profile.SkillUses = []
    languages: profile.Languages = []
    work_authorizations: profile.WorkAuthorizations = []
    preferred_roles: profile.Roles = []
    preferred_locations: profile.Locations = []


class CandidateUpdate(Patch, CandidateFields):
    """Fields to change. Lists of contact points replace the existing ones."""

    nullable: ClassVar[frozenset[str]] = frozenset(CandidateFields.model_fields)

    name: Line | None = None
    status: CandidateStatus | None = None
    emails: Annotated[list[Email], Field(max_length=10)] | None = None
    phones: Annotated[list[Phone], Field(max_length=10)] | None = None
    links: Annotated[list[Url], Field(max_length=20)] | None = None
    skills: Skills | None = None
    skill_use: profile.SkillUses | None = None
    languages: profile.Languages | None = None
    work_authorizations: profile.WorkAuthorizations | None = None
    preferred_roles: profile.Roles | None = None
    preferred_locations: profile.Locations | None = None


class PayOut(Out):
    """An amount of money per period of work."""

    amount: Decimal
    currency: str
    period: PayPeriod


class CandidateOut(Out):
    """A candidate with contact points. `provenance` says where each value came from."""

    id: UUID
    name: str
    given_name: str | None
    family_name: str | None
    preferred_name: str | None
    headline: str | None
    location: str | None
    years_experience: float | None
    skills: list[str]
    skill_use: list[profile.SkillUse]
    languages: list[profile.Language]
    work_authorizations: list[profile.WorkAuthorization]
    notice_days: int | None
    available_from: date | None
    preferred_roles: list[str]
    preferred_locations: list[str]
    preferred_workplace: Workplace | None
    preferred_language: str | None
    expected_pay: Annotated[PayOut | None, guarded(COMPENSATION)] = Field(
        description="Null without the `compensation.read` permission"
    )
    source: str | None
    source_detail: str | None
    source_url: str | None
    status: CandidateStatus
    owner_id: UUID | None
    is_broadcast: bool = Field(description="Visible to all users who can view candidates")
    purge_after: UtcMoment | None = Field(description="When the candidate is erased, unless there is activity before")
    custom_fields: profile.StoredFieldValues
    contacts: Annotated[list[ContactOut] | None, guarded(PII)] = Field(
        description="Null without the `candidates.pii` permission"
    )
    provenance: dict[str, str]
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class CandidateUpserted(Out):
    """The created or updated candidate. `created` says which."""

    created: bool
    candidate: CandidateOut


class CandidateItem(Out):
    """A candidate as shown in lists."""

    id: UUID
    name: str
    headline: str | None
    location: str | None
    years_experience: float | None
    skills: list[str]
    status: CandidateStatus
    owner_id: UUID | None
    application_count: int
    last_activity_at: UtcMoment
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class CandidateListed(CandidateItem):
    """A candidate as shown in lists, with what `expand` adds."""

    tags: list[TagRef] | None = None
    contacts: Annotated[list[ContactOut] | None, guarded(PII)] = None
    owner: UserRef | None = None


@dated("created_at", "last_activity_at", days=("available_from",))
class CandidateFilters(Query):
    """Filters for candidates in lists, searches and bulk actions."""

    status: AnyOf[CandidateStatus] | None = None
    owner_id: IdsOrNone | None = None
    owned_by: Owned | None = Field(None, description="Only those that you own, or that your team owns")
    tag_id: Ids | None = Field(None, description="With any of these tags")
    pool_id: Ids | None = Field(None, description="In any of these pools")
    email: Email | None = None
    is_quarantined: bool | None = Field(None, description="Whether the candidate is scheduled for erasure")
    source: AnyOf[ShortLine] | None = None
    location: Annotated[str, Field(min_length=2, max_length=100), Storable] | None = Field(
        None, description="Part of the location"
    )
    min_years: Annotated[int, Field(ge=0, le=70)] | None = Field(None, alias="years_experience[gte]")
    max_years: Annotated[int, Field(ge=0, le=70)] | None = Field(None, alias="years_experience[lte]")
    custom_field: CustomFieldFilter | None = None


class CandidateQuery(CandidateFilters, ListQuery):
    """Filters for listing candidates."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "last_activity_at", "name")

    expand: AnyOf[ExpandOfCandidate] | None = Field(None, description="What to add to each row")

    q: SearchText | None = Field(None, description=LANGUAGE)
