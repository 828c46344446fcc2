"""Postings of jobs."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from app.models.job_posting import POSTING_MACHINE, PostingStatus
from app.schemas.common import (
    Flag,
    In,
    Line,
    Moment,
    Out,
    ShortLine,
    Text,
    UtcMoment,
)
from app.schemas.patch import Patch
from app.schemas.state_schema import Stateful


class JobPostingFields(In):
    """What the posting shows. Fields that are null show the value of the job."""

    title: Line | None = Field(None, examples=["Data Engineer (all genders)"])
    description: Text | None = Field(None, examples=["You build the pipelines that the analysts stand on."])
    location: Line | None = Field(None, examples=["Hamburg, Germany"])
    expires_at: Moment | None = Field(None, description="When the posting expires", examples=["2027-03-31T22:00:00Z"])


class JobPostingCreate(JobPostingFields):
    """A new posting. It is a draft until you publish it."""

    shows_pay: Flag = Field(True, description="Show the job's pay range")


class JobPostingUpdate(Patch, JobPostingFields):
    """Fields to change. Changes to a published posting take effect immediately."""

    nullable: ClassVar[frozenset[str]] = frozenset(JobPostingFields.model_fields)

    shows_pay: Flag | None = None


class JobPostingOut(Stateful):
    """A posting with its URL and allowed actions."""

    machine = POSTING_MACHINE

    id: UUID
    job_id: UUID
    title: str | None
    description: str | None
    location: str | None
    shows_pay: bool
    status: PostingStatus
    published_at: UtcMoment | None
    expires_at: UtcMoment | None
    url: str
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class TrackingLinkOut(Out):
    """A tracking link. Add `?ref=` and its token to any URL of the careers page."""

    id: UUID
    name: str
    source: str
    token: str
    is_active: bool
    application_count: int
    created_at: UtcMoment


class CheckLevel(StrEnum):
    """What job boards do about it."""

    REFUSED = "refused"
    RANKED_LOWER = "ranked_lower"


class PostingCheck(Out):
    """Something that a posting lacks for job boards."""

    field: str
    level: CheckLevel
    detail: str


class TrackingLinkCreate(In):
    """A new tracking link. Names must be unique, ignoring case, accents and extra spaces."""

    name: ShortLine = Field(examples=["Fair in Bremen, May"])
    source: ShortLine = Field(examples=["fair"])


class TrackingLinkUpdate(Patch):
    """Fields to change. Existing applications keep their source."""

    name: ShortLine | None = None
    is_active: Flag | None = None
