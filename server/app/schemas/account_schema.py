"""Invitations, password resets, email verification, second factor, sessions."""

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
    """The token from the invitation link, a new password, and optionally your name."""

    token: LinkToken
    name: Line | None = None


class ForgottenPassword(In):
    """The account to reset. Without a tenant, every account with this address gets a link."""

    email: Email = Field(examples=["rita@harbour.example"])
    tenant: Slug | None = Field(None, examples=["harbour"])


class PasswordReset(ChangedPassword):
    """The token from the emailed link and the new password."""

    token: LinkToken


class EmailVerification(In):
    """The token from the emailed link."""

    token: LinkToken


class AuthSessionOut(Out):
    """An active session."""

    id: UUID
    user_agent: str | None
    created_at: UtcMoment
    last_used_at: UtcMoment
    expires_at: UtcMoment
    current: bool = Field(description="Whether this is the session of the request")


class TotpSecret(Out):
    """The secret for an authenticator app. It is only returned once."""

    secret: str
    uri: str = Field(description="The secret as an otpauth URI, for a QR code")


class TotpCode(In):
    """A code from the authenticator app."""

    code: Code = Field(examples=["123456"])


class TotpEnd(In):
    """Your password, and a code from the app or a recovery code, to turn off the second factor."""

    current_password: Password
    code: Code = Field(examples=["123456"])


class RecoveryCodes(Out):
    """Ten codes, each valid for one sign-in without the app. They are only returned once."""

    recovery_codes: list[str]
