"""Postings of jobs."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from app.models.job_posting import POSTING_MACHINE, PostingStatus
from app.schemas.common import Flag, In, Line, Moment, Out, Text, UtcMoment
from app.schemas.state_schema import Stateful


class JobPostingFields(In):
    """What the world sees; what is null is told as the job tells it."""

    title: Line | None = Field(None, examples=["Data Engineer (all genders)"])
    description: Text | None = Field(None, examples=["You build the pipelines that the analysts stand on."])
    location: Line | None = Field(None, examples=["Hamburg, Germany"])
    expires_at: Moment | None = Field(None, description="From then on it is no more", examples=["2027-03-31T22:00:00Z"])


class JobPostingCreate(JobPostingFields):
    """A new posting, a draft until it is published."""

    shows_pay: Flag = Field(True, description="Whether the job's pay range is told")


class JobPostingUpdate(JobPostingFields):
    """What to change; a published posting changes at once."""

    shows_pay: Flag | None = None


class JobPostingOut(Stateful):
    """A posting, where it is found, and what may be done with it."""

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
    """A tracking link: add `?ref=` and its token to an address of the careers page."""

    id: UUID
    name: str
    source: str
    token: str
    is_active: bool
    application_count: int
    created_at: UtcMoment


class TrackingLinkCreate(In):
    """A new link; two spellings of one name are one."""

    name: Line = Field(max_length=60, examples=["Fair in Bremen, May"])
    source: Line = Field(max_length=60, examples=["fair"])


class TrackingLinkUpdate(In):
    """What to change; applications keep what they say."""

    name: Line | None = Field(None, max_length=60)
    is_active: Flag | None = None
