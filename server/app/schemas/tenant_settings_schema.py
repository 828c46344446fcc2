"""What a tenant may settle for itself, each with the value that counts where nothing was said."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from app.schemas.common import AsciiEmail, In, Url, clean_line

Domain = Annotated[
    str,
    StringConstraints(pattern=r"^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$", strict=True),
    AfterValidator(clean_line),
]


class TenantSettings(In):
    """The settings of a tenant; what is left out takes the value that counts where nothing was said."""

    require_second_factor: bool = Field(
        False, description="Whoever has no second factor can only set one up", strict=True
    )
    require_if_match: bool = Field(
        False, description="PATCH and PUT of what has a version need If-Match: 428 without it", strict=True
    )
    session_days: Annotated[int, Field(strict=True, ge=1, le=14)] = Field(
        14, description="Days after which an unused session ends"
    )
    user_email_domains: Annotated[list[Domain], Field(max_length=50)] = Field(
        [], description="Domains of the addresses that users may have; empty means any", examples=[["harbour.example"]]
    )
    careers_page: bool = Field(True, description="Show published jobs on a careers page", strict=True)
    candidate_mails: bool = Field(True, description="Mail candidates about their applications", strict=True)
    rejection_delay_hours: Annotated[int, Field(strict=True, ge=0, le=168)] = Field(
        24, description="Hours that a rejection mail waits, so that a reopening can take it back"
    )
    reply_to: AsciiEmail | None = Field(None, description="Where answers of candidates go")
    reapply_after_days: Annotated[int, Field(strict=True, ge=0, le=730)] = Field(
        90, description="Days after a rejection before the same person can apply by the careers page for the same job"
    )
    privacy_url: Url | None = Field(None, description="What applicants are told of the use of their data stands there")
    llm_parsing: bool = Field(
        False, description="Send texts of resumes to the language model of the installation, if it has one", strict=True
    )
    retention_months: Annotated[int, Field(strict=True, ge=1, le=240)] | None = Field(
        None, description="Months without work on a candidate after which they are erased; null keeps everybody"
    )
    retention_grace_days: Annotated[int, Field(strict=True, ge=1, le=180)] = Field(
        30, description="Days between the notice and the erasure"
    )


class TenantSettingsOut(TenantSettings):
    """The settings that count; `version` is the tenant's."""

    version: int
