"""The JSON Resume format (jsonresume.org, schema 1.0.0), as far as a candidate has the facts."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.schemas.common import Email, Line, ShortLine, Text, Url

MAX_ITEMS = 100
# As precise as known: "2014", "2014-06" or "2014-06-29".
IsoDate = Annotated[str, Field(pattern=r"^[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$")]


class Part(BaseModel):
    """A part of a resume. Unknown members are ignored, because the schema permits them."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class Place(Part):
    """Where the person lives."""

    city: Line | None = None
    region: Line | None = None
    countryCode: Annotated[str, Field(pattern=r"^[A-Za-z]{2}$")] | None = None


class Profile(Part):
    """A profile on a social network."""

    network: ShortLine | None = None
    username: Line | None = None
    url: Url | None = None


class Basics(Part):
    """The person's name, contact details and summary."""

    name: Line = Field(examples=["Grace Hopper"])
    label: Line | None = Field(None, examples=["Senior Data Engineer"])
    email: Email | None = Field(None, examples=["grace.json@example.com"])
    phone: ShortLine | None = None
    url: Url | None = None
    summary: Text | None = None
    location: Place | None = None
    profiles: Annotated[list[Profile], Field(max_length=20)] = []


class Work(Part):
    """A position."""

    name: Line | None = None
    position: Line | None = None
    startDate: IsoDate | None = None
    endDate: IsoDate | None = None


class Education(Part):
    """A course of study."""

    institution: Line | None = None
    area: Line | None = None
    studyType: Line | None = None
    endDate: IsoDate | None = None


class Certificate(Part):
    """A certification or licence."""

    name: Line | None = None
    date: IsoDate | None = None
    issuer: Line | None = None


class Project(Part):
    """A project."""

    name: Line | None = None
    startDate: IsoDate | None = None
    endDate: IsoDate | None = None


class Publication(Part):
    """A publication."""

    name: Line | None = None
    releaseDate: IsoDate | None = None


class Skill(Part):
    """A skill, or a group of skills with keywords."""

    name: Line | None = None
    keywords: Annotated[list[Line], Field(max_length=50)] = []


class SpokenLanguage(Part):
    """A language that the person speaks, by name."""

    language: ShortLine | None = None
    fluency: ShortLine | None = None


class History(Part):
    """The parts of a resume for which the profile has no fields."""

    work: Annotated[list[Work], Field(max_length=MAX_ITEMS)] = []
    education: Annotated[list[Education], Field(max_length=MAX_ITEMS)] = []
    certificates: Annotated[list[Certificate], Field(max_length=MAX_ITEMS)] = []
    projects: Annotated[list[Project], Field(max_length=MAX_ITEMS)] = []
    publications: Annotated[list[Publication], Field(max_length=MAX_ITEMS)] = []


class JsonResume(History):
    """A resume."""

    basics: Basics
    skills: Annotated[list[Skill], Field(max_length=MAX_ITEMS)] = []
    languages: Annotated[list[SpokenLanguage], Field(max_length=20)] = []


class JsonResumeFile(History):
    """The history of a candidate, and the summary, as they are stored in a file."""

    candidate_id: UUID
    summary: Text | None = None
