"""Invitations, forgotten passwords, verified addresses, second factor, sessions."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.schemas.common import Email, In, Line, Out, UtcMoment
from app.schemas.password_schema import ChangedPassword, NewPassword, Password
from app.schemas.tenant_schema import Slug

LinkToken = Annotated[str, StringConstraints(min_length=20, max_length=600, pattern=r"^[A-Za-z0-9._-]+$", strict=True)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=6, max_length=20, strict=True)]


class InvitationAccept(NewPassword):
    """The token of the mailed link, the password chosen, and the name as its bearer writes it."""

    token: LinkToken
    name: Line | None = None


class ForgottenPassword(In):
    """Whose password is forgotten; without a tenant, every account of the address gets a link."""

    email: Email = Field(examples=["rita@harbour.example"])
    tenant: Slug | None = Field(None, examples=["harbour"])


class PasswordReset(ChangedPassword):
    """The token of the mailed link and the new password."""

    token: LinkToken


class EmailVerification(In):
    """The token of the mailed link."""

    token: LinkToken


class AuthSessionOut(Out):
    """A sign-in that has not ended."""

    id: UUID
    user_agent: str | None
    created_at: UtcMoment
    last_used_at: UtcMoment
    expires_at: UtcMoment
    current: bool = Field(description="Whether this is the session of the request")


class NotificationPreferences(In):
    """The mails that a user may do without; what concerns the account's safety is always sent."""

    approval_asked: bool = Field(True, strict=True, description="One's word is asked for to approve something")
    approval_decided: bool = Field(True, strict=True, description="What one asked to be approved is, or is not")
    new_sign_in: bool = Field(True, strict=True, description="A program signs in that one never used before")
    note_mention: bool = Field(True, strict=True, description="A note on a candidate mentions one")
    tasks_due: bool = Field(True, strict=True, description="Tasks of one's own are due today")
    application_news: bool = Field(
        True, strict=True, description="Somebody applies for a job of one's own, or withdraws"
    )
    offer_decided: bool = Field(True, strict=True, description="An offer of one's own is accepted, declined or over")
    retention_notice: bool = Field(True, strict=True, description="Candidates will be erased as the tenant settles")
    search_alert: bool = Field(True, strict=True, description="Saved searches with an alert have new hits")
    work_reassigned: bool = Field(True, strict=True, description="Another's candidates, jobs or team come to one")


class TotpSecret(Out):
    """What an authenticator app needs; shown once."""

    secret: str
    uri: str = Field(description="The same as an otpauth address, for a QR code")


class TotpCode(In):
    """A code of the authenticator app."""

    code: Code = Field(examples=["123456"])


class TotpEnd(In):
    """What it takes to give the second factor up: the password and a code of the app or a recovery code."""

    current_password: Password
    code: Code = Field(examples=["123456"])


class RecoveryCodes(Out):
    """Ten codes, each good for one sign-in without the app; shown once."""

    recovery_codes: list[str]
