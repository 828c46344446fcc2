"""What `expand` adds to the rows of lists."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from app.models.application import ApplicationStatus
from app.models.candidate import CandidateStatus
from app.models.candidate_contact import ContactKind
from app.models.job import JobStatus
from app.models.job_stage import StageKind
from app.schemas.common import Out

ExpandOfApplication = Literal["candidate", "job", "stage", "owner"]
ExpandOfCandidate = Literal["tags", "contacts", "owner"]
ExpandOfInterview = Literal["candidate", "job"]
ExpandOfJob = Literal["owner", "counts"]
ExpandOfOffer = Literal["candidate", "job"]
ExpandOfNote = Literal["author", "candidate", "job"]
ExpandOfTask = Literal["assignee", "candidate", "job"]


class UserRef(Out):
    """A user, in short."""

    id: UUID
    name: str
    avatar_url: str | None


class CandidateRef(Out):
    """A candidate, in short."""

    id: UUID
    name: str
    headline: str | None
    location: str | None
    status: CandidateStatus
    owner_id: UUID | None


class JobRef(Out):
    """A job, in short."""

    id: UUID
    title: str
    status: JobStatus
    owner_id: UUID | None


class StageRef(Out):
    """A stage, in short."""

    id: UUID
    name: str
    kind: StageKind
    position: int | None


class TagRef(Out):
    """A tag, in short."""

    id: UUID
    name: str
    color: str | None


class ContactOut(Out):
    """A contact point."""

    kind: ContactKind
    value: str
    raw: str
    is_parsed: bool = Field(
        description="Read from a resume, and confirmed by nobody: sending it in `emails` or `phones` confirms it"
    )


class JobCounts(Out):
    """The numbers of a job's applications that you see, by status."""

    by_status: dict[ApplicationStatus, int] = Field(description="Number of applications by status")
