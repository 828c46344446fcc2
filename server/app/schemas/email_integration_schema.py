"""Mailboxes of users."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.models.email_integration import MAILBOX_MACHINE, MailboxKind, MailboxSecurity, MailboxStatus
from app.schemas.common import AsciiEmail, In, Line, Out, UtcMoment
from app.schemas.lists import ListQuery
from app.schemas.state_schema import Stateful

Host = Annotated[
    str, StringConstraints(strict=True, max_length=253, pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$")
]
Secret = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=400)]


class MailboxConnect(In):
    """A mailbox by IMAP. The connection is tested before the mailbox is stored."""

    address: AsciiEmail = Field(description="Email address of the mailbox", examples=["rita@harbour.example"])
    host: Host = Field(description="IMAP server", examples=["imap.harbour.example"])
    port: int = Field(993, strict=True, ge=1, le=65535, description="IMAP port: 993 for `tls`, usually 143 otherwise")
    security: MailboxSecurity = Field(
        MailboxSecurity.TLS, description="`none` is possible only if the installation allows private addresses"
    )
    username: Line | None = Field(None, description="By default the address")
    password: Secret = Field(description="Better an app password. It is stored encrypted and never returned")
    folder: Line = "INBOX"


class MailboxConsent(In):
    """What the provider's page returned to your application."""

    code: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=4000)] = Field(
        description="`code` of the redirect"
    )
    state: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=2000)] = Field(
        description="`state` of the redirect"
    )
    address: AsciiEmail = Field(description="Email address of the mailbox", examples=["rita@harbour.example"])


class MailboxConsentPage(Out):
    """The provider's page on which the user agrees. It redirects to `/mailboxes/callback` of your application."""

    url: str = Field(description="Open this page; it is valid for ten minutes")


class EmailIntegrationOut(Stateful):
    """A mailbox of yours."""

    machine = MAILBOX_MACHINE

    id: UUID
    kind: MailboxKind
    address: str = Field(description="Email address of the mailbox")
    host: str = Field(description="IMAP server")
    port: int = Field(description="IMAP port")
    security: MailboxSecurity = Field(description="How the connection is encrypted")
    username: str
    folder: str
    status: MailboxStatus
    status_reason: str | None = Field(description="Why it could not be read last")
    failures: int = Field(description="Failures in a row; the third pauses the mailbox")
    synced_at: UtcMoment | None = Field(description="When it was read last")
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class MailboxTested(Out):
    """The result of a test."""

    emails: int = Field(description="Emails of the last two days in the folder")


class MailboxSynced(Out):
    """What became of the emails that were read."""

    attached: int = Field(description="Those that belong to candidates")
    unmatched: int = Field(description="Those that fit nothing; you alone see them")
    ignored: int = Field(description="Automatic ones, and those that are on the record already")


class UnmatchedEmail(Out):
    """The head of an email that fits no candidate. You alone see it; the text is not stored."""

    id: UUID
    sender: str | None
    subject: str | None
    received_at: UtcMoment | None
    created_at: UtcMoment


class UnmatchedQuery(ListQuery):
    """A page of emails that fit no candidate."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at",)


class UnmatchedAttach(In):
    """Whom an email is with."""

    candidate_id: UUID


ProviderName = Literal["gmail", "outlook"]
