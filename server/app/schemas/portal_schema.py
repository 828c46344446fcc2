"""The portal of candidates: signing in, and what they see and ask for."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from app.models.candidate_consent import ConsentPurpose
from app.models.candidate_correction import CorrectionField, CorrectionStatus
from app.models.interview import InterviewKind, InterviewStatus
from app.models.privacy_request import PrivacyKind, PrivacyStatus
from app.schemas.careers_schema import ApplicantView, Sender
from app.schemas.common import Email, Flag, In, Out, UtcMoment, bounds, clean_line


class PortalSignIn(In):
    """A request for a sign-in link."""

    email: Email = Field(examples=["grace@people.example"])


class PortalLinkSent(Out):
    """The answer to a request for a link. It is the same for known and unknown addresses."""

    status: Literal["sent"] = "sent"


class PortalSessionCreate(In):
    """The token of a sign-in link."""

    token: Annotated[str, StringConstraints(max_length=2000, strict=True)] = Field(
        description="The last part of the link in the email; it works once"
    )


class PortalToken(Out):
    """An access token of a candidate, for the endpoints of the portal alone."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int = Field(description="Lifetime in seconds; there is no refresh token")


class PortalContact(Out):
    """A contact point of the candidate."""

    kind: str
    value: str = Field(description="The contact point as it was written")


class PortalProfile(Sender):
    """What the company knows of the candidate."""

    candidate_id: UUID
    language: str | None = Field(description="Language in which the candidate is written to")
    name: str
    headline: str | None
    location: str | None
    skills: list[str]
    contacts: list[PortalContact]
    time_zone: str


class PortalApplication(Out):
    """An application as the candidate sees it. A rejection is shown only once its email is due."""

    id: UUID
    job_title: str
    status: ApplicantView
    stage: str | None = Field(description="The public name of the stage, if it has one")
    applied_at: UtcMoment


class PortalInterview(Out):
    """An interview as the candidate sees it."""

    id: UUID
    job_title: str
    kind: InterviewKind
    status: InterviewStatus
    starts_at: UtcMoment
    ends_at: UtcMoment
    zone: str
    location: str | None
    meeting_url: str | None


class PortalDocument(Out):
    """A file that the candidate sent."""

    id: UUID
    filename: str
    media_type: str
    size: int
    expires_on: date | None
    created_at: UtcMoment


class CorrectionCreate(In):
    """A correction. A user of the company decides about it."""

    field: CorrectionField = Field(examples=["location"])
    value: Annotated[str, bounds(400), AfterValidator(clean_line)] = Field(
        description="The right value; a contact point is added to the known ones", examples=["Bremen"]
    )


class PortalCorrection(Out):
    """A correction that the candidate proposed."""

    id: UUID
    field: CorrectionField
    value: str
    status: CorrectionStatus
    status_reason: str | None
    created_at: UtcMoment


class PortalConsent(Out):
    """Whether the candidate agrees to a purpose."""

    purpose: ConsentPurpose
    is_given: bool = Field(description="Whether the candidate agrees")
    expires_at: UtcMoment | None


class ConsentChange(In):
    """Whether you agree to a purpose."""

    purpose: ConsentPurpose
    is_given: Flag = Field(description="False withdraws the consent")


class PrivacyRequestCreate(In):
    """A request for a copy of the data, or for its erasure."""

    kind: PrivacyKind


class PortalPrivacyRequest(Out):
    """A request of the candidate, and what became of it."""

    id: UUID
    kind: PrivacyKind
    status: PrivacyStatus
    status_reason: str | None
    expires_at: UtcMoment | None
    created_at: UtcMoment


class PortalView(PortalProfile):
    """Everything on the page of the portal."""

    applications: list[PortalApplication]
    interviews: list[PortalInterview]
    documents: list[PortalDocument]
    corrections: list[PortalCorrection]
    consents: list[PortalConsent]
    privacy_requests: list[PortalPrivacyRequest]


class PortalDoor(Sender):
    """The page on which candidates ask for a sign-in link, or confirm that they want to use it."""
