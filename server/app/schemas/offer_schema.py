"""Offers: terms, steps, and what the candidate sees."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field

from app.models.candidate import PayPeriod
from app.models.job import EmploymentType
from app.models.offer import OFFER_MACHINE, OfferStatus
from app.schemas.candidate_profile import FieldValues, StoredFieldValues
from app.schemas.careers_schema import Sender
from app.schemas.common import (
    Day,
    In,
    Line,
    Moment,
    Out,
    Reason,
    Text,
    UtcMoment,
    bounds,
    clean_text,
)
from app.schemas.expanded_schema import CandidateRef, ExpandOfOffer, JobRef
from app.schemas.lists import AnyOf, CustomFieldFilter, Ids, IdsOrNone, ListQuery, Owned, dated
from app.schemas.money import Amount, Currency
from app.schemas.patch import Patch
from app.schemas.state_schema import Stateful


class OfferPay(In):
    """The pay offered to the candidate."""

    amount: Amount = Field(examples=["72000.00"])
    currency: Currency = Field(examples=["EUR"])
    period: PayPeriod = Field(examples=["year"])


class OfferTerms(In):
    """The optional terms of an offer."""

    employment_type: EmploymentType | None = Field(None, examples=["full_time"])
    start_on: Day | None = Field(None, examples=["2027-04-01"])
    expires_at: Moment | None = Field(None, description="When the offer expires", examples=["2027-03-01T17:00:00Z"])
    conditions: Text | None = Field(None, examples=["30 days of leave."])
    template_id: UUID | None = Field(None, description="Letter template; by default a plain letter with the terms")


class OfferCreate(OfferTerms):
    """A draft offer for an active application. The title defaults to the title of the job."""

    application_id: UUID
    title: Line | None = Field(None, examples=["Data Engineer"])
    pay: OfferPay
    custom_fields: FieldValues = Field({}, description="Values of custom fields by key")


class OfferUpdate(Patch, OfferTerms):
    """Fields to change. Once the offer was submitted or sent, a change makes a new version and voids the approval."""

    nullable: ClassVar[frozenset[str]] = frozenset(OfferTerms.model_fields)

    title: Line | None = None
    pay: OfferPay | None = None
    custom_fields: FieldValues | None = Field(
        None, description="Values of custom fields by key; a null removes the value"
    )


class OfferAction(In):
    """The reason for an action, if it needs one."""

    reason: Reason | None = None


class OfferPayOut(Out):
    """The pay offered to the candidate."""

    amount: Decimal
    currency: str
    period: PayPeriod


class OfferOut(Stateful):
    """An offer with its allowed actions."""

    machine = OFFER_MACHINE

    id: UUID
    application_id: UUID
    candidate_id: UUID
    job_id: UUID
    template_id: UUID | None
    document_id: UUID | None
    created_by_id: UUID | None
    revision: int
    status: OfferStatus
    status_reason: str | None
    title: str
    pay: OfferPayOut
    employment_type: EmploymentType | None
    start_on: date | None
    expires_at: UtcMoment | None
    conditions: str | None
    custom_fields: StoredFieldValues
    sent_at: UtcMoment | None
    viewed_at: UtcMoment | None
    accepted_at: UtcMoment | None
    signed_name: str | None
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class OfferVersionOut(Out):
    """Earlier terms of an offer."""

    revision: int
    status: OfferStatus = Field(description="The status when the terms were replaced")
    title: str
    pay: OfferPayOut
    employment_type: EmploymentType | None
    start_on: date | None
    expires_at: UtcMoment | None
    conditions: str | None
    document_id: UUID | None
    sent_at: UtcMoment | None
    viewed_at: UtcMoment | None
    replaced_at: UtcMoment = Field(validation_alias="created_at", description="When these terms were replaced")


class OfferListed(OfferOut):
    """An offer as shown in lists, with what `expand` adds."""

    candidate: CandidateRef | None = None
    job: JobRef | None = None


@dated("expires_at", "sent_at", "accepted_at", days=("start_on",))
class OfferQuery(ListQuery):
    """Filters for listing offers."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "expires_at")

    expand: AnyOf[ExpandOfOffer] | None = Field(None, description="What to add to each row")

    application_id: Ids | None = None
    candidate_id: Ids | None = None
    job_id: Ids | None = None
    created_by_id: IdsOrNone | None = None
    custom_field: CustomFieldFilter | None = None
    status: AnyOf[OfferStatus] | None = None
    owned_by: Owned | None = Field(None, description="Only those of candidates that you own, or that your team owns")
    mine: bool | None = Field(None, description="Whether you own the job or are in its hiring team")


class PublicOffer(Sender):
    """An offer as the candidate sees it. The terms are shown only while it is open and once it is accepted."""

    time_zone: str
    candidate_name: str
    title: str
    pay: OfferPayOut | None
    employment_type: EmploymentType | None
    start_on: date | None
    expires_at: UtcMoment | None
    conditions: str | None
    status: OfferStatus
    letter_url: str | None
    signed_name: str | None
    accepted_at: UtcMoment | None


class OfferAcceptance(In):
    """Your typed signature: your full name as in the offer, whatever its accents and the order of its parts."""

    signed_name: Line = Field(examples=["Grace Hopper"])


class OfferRefusal(In):
    """An optional reason for declining."""

    reason: Annotated[str, bounds(500), AfterValidator(clean_text)] | None = None
