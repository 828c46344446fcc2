"""Platform administrators: sign-in, themselves, what was done."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from app.models.platform_admin import PlatformAdminStatus
from app.schemas.common import Email, In, Line, Out, UtcMoment
from app.schemas.event_schema import EventData
from app.schemas.lists import ListQuery
from app.schemas.password_schema import NewPassword, Password
from app.schemas.patch import Patch


class PlatformLogin(In):
    """Credentials of a platform administrator."""

    email: Email = Field(examples=["olga@platform.example"])
    password: Password = Field(examples=["correct horse battery staple"])
    code: str | None = Field(
        None, min_length=6, max_length=20, description="Code from the authenticator app, or a recovery code"
    )


class PlatformRefresh(In):
    """The refresh token. It can be used only once."""

    refresh_token: str = Field(max_length=200)


class PlatformAdminCreate(NewPassword):
    """A new platform administrator, who must set up a second factor after the first sign-in."""

    email: Email = Field(examples=["otto@platform.example"])
    name: Line = Field(examples=["Otto Operator"])


class PlatformAdminUpdate(Patch):
    """Fields to change."""

    name: Line | None = None
    status: PlatformAdminStatus | None = None


class PlatformAdminOut(Out):
    """A platform administrator."""

    id: UUID
    email: str
    name: str
    status: PlatformAdminStatus
    totp_enabled_at: UtcMoment | None
    last_login_at: UtcMoment | None
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class PlatformAdminQuery(ListQuery):
    """Filters for listing platform administrators."""

    status: PlatformAdminStatus | None = None


class PlatformEventQuery(ListQuery):
    """Filters for listing platform events."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at",)

    actor_id: UUID | None = None
    subject_id: UUID | None = None
    type: Line | None = None


class PlatformEventOut(Out):
    """An action by a platform administrator or an operator."""

    id: UUID
    type: str
    actor_kind: str
    actor_id: UUID | None
    subject_type: str
    subject_id: UUID
    data: EventData
    reason: str | None
    request_id: str | None
    created_at: UtcMoment
