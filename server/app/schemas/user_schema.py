"""Users of a tenant."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from app.models.user import UserStatus
from app.schemas.common import Email, In, Line, Out, UtcMoment
from app.schemas.lists import AnyOf, IdsOrNone, ListQuery, SearchLine
from app.schemas.password_schema import ChangedPassword, StrongPassword
from app.schemas.patch import Patch

SystemRole = Literal["TENANT_ADMIN", "MANAGER", "TEAM_LEAD", "RECRUITER"]


class UserCreate(In):
    """A new user. TEAM_LEAD and RECRUITER need a manager. Without a password, the user is invited by email."""

    email: Email = Field(examples=["rita@harbour.example"])
    name: Line = Field(examples=["Rita Recruiter"])
    role: SystemRole = Field(examples=["RECRUITER"])
    manager_id: UUID | None = None
    password: StrongPassword | None = Field(None, examples=["correct horse battery staple"])


class UserUpdate(Patch):
    """Fields of a user to change."""

    nullable: ClassVar[frozenset[str]] = frozenset({"manager_id"})

    name: Line | None = None
    role: SystemRole | None = None
    manager_id: UUID | None = None
    status: Literal[UserStatus.ACTIVE, UserStatus.SUSPENDED] | None = None


class UserReassign(In):
    """The user who takes over the work of this user."""

    to_user_id: UUID


class Reassigned(Out):
    """How many items of each kind were handed over."""

    users: int = Field(description="Users who now have another manager")
    candidates: int
    jobs: int
    talent_pools: int
    tasks: int
    approvals: int = Field(description="Pending approvals that were handed over; interview panels stay as they are")


class PasswordChange(ChangedPassword):
    """Your current password and the new one."""

    current_password: str = Field(max_length=256)


class UserOut(Out):
    """A user, without secrets."""

    id: UUID
    email: str
    name: str
    avatar_url: str | None
    status: UserStatus
    role: SystemRole
    role_id: UUID
    custom_roles: list[str]
    manager_id: UUID | None
    last_login_at: UtcMoment | None
    invited_at: UtcMoment | None
    email_verified_at: UtcMoment | None
    totp_enabled_at: UtcMoment | None
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class UserNode(Out):
    """A user in the hierarchy, with direct reports."""

    id: UUID
    name: str
    title: str | None
    avatar_url: str | None
    role: str
    status: UserStatus
    reports: list[UserNode] = Field(examples=[[]])


class UserTree(Out):
    """The users without a manager, with everyone below them."""

    data: list[UserNode]


class UserQuery(ListQuery):
    """Filters for listing users."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "name", "email")

    q: SearchLine | None = Field(None, description="Part of the name or email address")
    status: AnyOf[UserStatus] | None = None
    role: AnyOf[SystemRole] | None = None
    manager_id: IdsOrNone | None = None
