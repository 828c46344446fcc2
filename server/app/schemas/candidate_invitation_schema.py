"""Invitations of candidates, and the forms that they fill in."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from app.models.candidate_invitation import INVITATION_MACHINE, InvitationStatus
from app.schemas.candidate_schema import Experience
from app.schemas.careers_schema import Sender
from app.schemas.common import (
    AsciiEmail,
    Day,
    Flag,
    In,
    Line,
    Out,
    Phone,
    ShortLine,
    Text,
    Url,
    UtcMoment,
    bounds,
    clean_text,
)
from app.schemas.email_template_schema import Language
from app.schemas.lists import AnyOf, Ids, IdsOrNone, ListQuery, SearchLine, csv_list, dated
from app.schemas.state_schema import Stateful

USUAL_HOURS = 168
Hours = Annotated[int, Field(strict=True, ge=1, le=720)]
Note = Annotated[str, bounds(2000), AfterValidator(clean_text)]


class InvitationCreate(In):
    """Invites someone to fill in a form about themselves. One invitation of an address can be open at a time."""

    email: AsciiEmail = Field(examples=["grace@people.example"])
    name: Line | None = Field(None, examples=["Grace Hopper"])
    candidate_id: UUID | None = Field(None, description="The candidate who is invited, if you know them already")
    job_id: UUID | None = Field(None, description="The job that it is about; its required documents are asked for, too")
    note: Note | None = Field(None, description="What you write to the candidate in the email")
    language: Language | None = Field(None, description="Language of the email and the form; by default the tenant's")
    hours: Hours = Field(USUAL_HOURS, description="How long a link is valid, up to 30 days")
    send: Flag = Field(True, description="Send it now; otherwise with `/send`")


class InvitationReason(In):
    """A reason. The candidate reads it if you return the form, but not if you reject."""

    reason: Annotated[str, bounds(500, minimum=3), AfterValidator(clean_text)] | None = None


class InvitationApproval(In):
    """Whose answers they are."""

    candidate_id: UUID | None = Field(
        None, description="The candidate to update; by default the one with this email address, or a new one"
    )


class InvitationForm(In):
    """What the candidate fills in. To submit it, `name` and `consent` are required."""

    name: Line | None = Field(None, examples=["Grace Hopper"])
    phone: Phone | None = Field(None, examples=["+14155552671"])
    headline: Line | None = Field(None, examples=["Senior Data Engineer"])
    location: Line | None = Field(None, examples=["Hamburg, Germany"])
    link: Url | None = Field(None, examples=["https://example.com/in/grace"])
    years_experience: Experience | None = None
    skills: Annotated[list[ShortLine], Field(max_length=50)] = Field([], examples=[["Python", "PostgreSQL"]])
    available_from: Day | None = None
    message: Annotated[Text, Field(max_length=5000)] | None = None
    consent: Flag = Field(False, description="The candidate agrees to the processing of what they send")
    talent_pool_consent: Flag = Field(False, description="The candidate agrees to be considered for other jobs")


class InvitationFileForm(In):
    """What a file is."""

    document_type_id: UUID | None = Field(None, description="A type of document; without one, the file is the resume")
    expires_on: Day | None = Field(None, description="Required for types of documents that expire")


class InvitationFileOut(Out):
    """A file that the candidate sent. It becomes a document of the candidate when you approve."""

    id: UUID
    document_type_id: UUID | None = Field(description="Null for the resume")
    expires_on: date | None
    filename: str
    media_type: str
    size: int
    created_at: UtcMoment


class InvitationListed(Stateful):
    """An invitation as shown in lists."""

    machine = INVITATION_MACHINE

    id: UUID
    email: str
    name: str | None
    candidate_id: UUID | None = Field(description="The candidate, if known; set by the approval at the latest")
    job_id: UUID | None
    owner_id: UUID | None = Field(description="The user who is notified, and who owns a new candidate")
    note: str | None
    language: str | None
    hours: int
    status: InvitationStatus
    status_reason: str | None
    sent_at: UtcMoment | None
    expires_at: UtcMoment | None
    submitted_at: UtcMoment | None
    reminded_at: UtcMoment | None
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class InvitationOut(InvitationListed):
    """An invitation with what the candidate filled in."""

    form: dict[str, Any] = Field(description="The fields of the form that are filled in, by name")
    files: list[InvitationFileOut]


@dated("sent_at", "expires_at", "submitted_at")
class InvitationQuery(ListQuery):
    """Filters for listing invitations."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "submitted_at", "expires_at")

    q: SearchLine | None = Field(None, description="Part of the email address or name")
    email: AsciiEmail | None = None
    status: AnyOf[InvitationStatus] | None = None
    owner_id: IdsOrNone | None = None
    candidate_id: IdsOrNone | None = None
    job_id: Ids | None = None


class InvitationView(StrEnum):
    """The status of an invitation as the candidate sees it."""

    OPEN = "open"
    CHANGES_REQUESTED = "changes_requested"
    RECEIVED = "received"


class RequiredDocument(Out):
    """A type of document that the candidate must send."""

    id: UUID
    name: str
    description: str | None
    has_expiry: bool
    is_sent: bool = Field(description="Whether there is a file of this type")


class PublicInvitation(Sender):
    """An invitation as the candidate sees it."""

    status: InvitationView
    language: str | None = Field(description="Language in which the candidate is written to")
    email: str
    job_title: str | None
    note: str | None
    changes: str | None = Field(description="What to change, if changes were requested")
    time_zone: str
    expires_at: UtcMoment | None
    form: InvitationForm
    files: list[InvitationFileOut]
    required: list[RequiredDocument]


class TypedInvitationForm(InvitationForm):
    """The form as a browser sends it: text fields, boxes that are absent unless checked."""

    years_experience: Annotated[Experience | None, BeforeValidator(lambda text: _number(text))] = None
    skills: Annotated[list[ShortLine], BeforeValidator(lambda text: _listed(text)), Field(max_length=50)] = []
    consent: Annotated[bool, BeforeValidator(bool)] = False
    talent_pool_consent: Annotated[bool, BeforeValidator(bool)] = False

    @model_validator(mode="before")
    @classmethod
    def _leave_out_empty(cls, fields: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in fields.items() if str(value).strip()}


def _number(text: Any) -> Any:
    """Return a number as people type it, such as "7,5"; other text stays, for the error."""
    try:
        return float(str(text).replace(",", "."))
    except ValueError:
        return text


def _listed(text: Any) -> Any:
    return [part for part in map(str.strip, csv_list(text)) if part] if isinstance(text, str) else text
