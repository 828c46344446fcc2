"""What a tenant may settle for itself, each with the value that counts where nothing was said."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from app.schemas.candidate_profile import Country
from app.schemas.common import AsciiEmail, In, Url, clean_line

Domain = Annotated[
    str,
    # At most 253 characters in labels of at most 63, as DNS allows.
    StringConstraints(
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$", min_length=4, max_length=253, strict=True
    ),
    AfterValidator(clean_line),
]


class TenantSettings(In):
    """The settings of a tenant. Settings that you omit take their default value."""

    require_second_factor: bool = Field(
        False, description="Require a second factor; users without one can only set it up", strict=True
    )
    require_if_match: bool = Field(
        False, description="Require If-Match for PATCH and PUT of versioned resources; 428 without it", strict=True
    )
    session_days: Annotated[int, Field(strict=True, ge=1, le=14)] = Field(
        14, description="Days after which an unused session expires"
    )
    user_email_domains: Annotated[list[Domain], Field(max_length=50)] = Field(
        [], description="Email domains that users may have; empty allows any", examples=[["harbour.example"]]
    )
    careers_page: bool = Field(True, description="Show published jobs on a careers page", strict=True)
    candidate_portal: bool = Field(
        True, description="Let candidates sign in to see and correct what is stored about them", strict=True
    )
    candidate_mails: bool = Field(True, description="Email candidates about their applications", strict=True)
    rejection_delay_hours: Annotated[int, Field(strict=True, ge=0, le=168)] = Field(
        24,
        description="Hours to delay emails about moves and rejections; an undo or a further step cancels them",
    )
    mail_hold_minutes: Annotated[int, Field(strict=True, ge=0, le=1440)] | None = Field(
        None,
        description="Minutes for which emails to candidates can be taken back; null as the installation, usually 10",
    )
    reject_failed_screening: bool = Field(
        False,
        description="Reject applicants whose answers fail a screening question at once, without asking a person",
        strict=True,
    )
    reply_to: AsciiEmail | None = Field(None, description="Address for replies from candidates")
    reapply_after_days: Annotated[int, Field(strict=True, ge=0, le=730)] = Field(
        90, description="Days after a rejection before a person can apply for the job again on the careers page"
    )
    phone_country: Country | None = Field(
        None,
        description="Country (ISO 3166) of phone numbers without a country code in imported tables; null rejects them",
        examples=["DE"],
    )
    privacy_url: Url | None = Field(None, description="URL of the privacy notice for applicants")
    imprint_url: Url | None = Field(None, description="URL of the imprint, which the public pages link to")
    resume_required: bool = Field(False, description="Require a resume of applicants on the careers page", strict=True)
    llm_parsing: bool = Field(
        False, description="Send resume texts to the installation's language model, if it has one", strict=True
    )
    retention_months: Annotated[int, Field(strict=True, ge=1, le=240)] | None = Field(
        None, description="Months without activity after which a candidate is erased; null keeps all candidates"
    )
    retention_grace_days: Annotated[int, Field(strict=True, ge=1, le=180)] = Field(
        30, description="Days between the notice and the erasure"
    )


class TenantSettingsOut(TenantSettings):
    """The settings in effect. `version` is the version of the tenant."""

    version: int
