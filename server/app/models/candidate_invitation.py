"""Invitations of candidates to fill in a form about themselves, and the files that they send with it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.state_machine import StateMachine, Transition
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, UtcDateTime, enum_of


class InvitationStatus(StrEnum):
    """The status of an invitation."""

    CREATED = "created"
    SENT = "sent"
    OPENED = "opened"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    REVOKED = "revoked"
    BOUNCED = "bounced"


S = InvitationStatus
SEND, REVIEW = "candidate_invitations.send", "candidate_invitations.review"
FILLABLE = (S.SENT, S.OPENED, S.IN_PROGRESS, S.CHANGES_REQUESTED)  # the candidate can fill in the form
ACTIVE = (S.CREATED, *FILLABLE, S.SUBMITTED)  # one per tenant and email address: `IS_ACTIVE`
UNANSWERED = (S.SENT, S.OPENED)
IS_ACTIVE = "status in ('created', 'sent', 'opened', 'in_progress', 'submitted', 'changes_requested')"
# Where a new link leads back to: what was filled in is kept.
RESENT = {S.SENT: S.SENT, S.OPENED: S.SENT, S.EXPIRED: S.SENT, S.BOUNCED: S.SENT} | {
    each: each for each in (S.IN_PROGRESS, S.CHANGES_REQUESTED)
}
INVITATION_MACHINE = StateMachine(
    "candidate_invitation",
    (
        Transition(S.CREATED, "send", S.SENT, SEND, effects=("mail_invitation",)),
        *(
            Transition(source, "resend", target, SEND, guards=("no_other_is_active",), effects=("mail_invitation",))
            for source, target in RESENT.items()
        ),
        *(
            Transition(source, "revoke", S.REVOKED, SEND, effects=("take_mails_back",))
            for source in (S.CREATED, *FILLABLE)
        ),
        Transition(S.SENT, "open", S.OPENED, None, is_automatic=True),
        *(Transition(source, "fill_in", S.IN_PROGRESS, None, is_automatic=True) for source in UNANSWERED),
        *(
            Transition(
                source, "submit", S.SUBMITTED, None, is_automatic=True, effects=("notify_inviter", "confirm_receipt")
            )
            for source in FILLABLE
        ),
        *(
            Transition(source, "expire", S.EXPIRED, None, is_automatic=True, effects=("take_mails_back",))
            for source in FILLABLE
        ),
        Transition(S.SENT, "bounce", S.BOUNCED, None, is_automatic=True),
        Transition(S.SUBMITTED, "approve", S.APPROVED, REVIEW),
        Transition(
            S.SUBMITTED,
            "return",
            S.CHANGES_REQUESTED,
            REVIEW,
            needs_reason=True,
            effects=("mail_requested_changes",),
        ),
        Transition(S.SUBMITTED, "reject", S.REJECTED, REVIEW, needs_reason=True),
    ),
)


class CandidateInvitation(TenantScoped, Versioned, BaseModel):
    """An invitation; `revision` is part of the link, so that a new link makes the earlier ones invalid."""

    __tablename__ = "candidate_invitations"
    __keys__ = (
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("job_id", "jobs"),
        sa.Index(
            "uq_candidate_invitations_active",
            "tenant_id",
            "email",
            unique=True,
            sqlite_where=sa.text(IS_ACTIVE),
            postgresql_where=sa.text(IS_ACTIVE),
        ),
        sa.Index("ix_candidate_invitations_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
        sa.Index("ix_candidate_invitations_tenant_id_candidate_id", "tenant_id", "candidate_id"),
        sa.Index("ix_candidate_invitations_tenant_id_owner_id", "tenant_id", "owner_id"),
        sa.Index("ix_candidate_invitations_tenant_id_status_expires_at", "tenant_id", "status", "expires_at"),
    )

    email: Mapped[str] = mapped_column(sa.String(254))
    name: Mapped[str | None] = mapped_column(sa.String(200))
    candidate_id: Mapped[UUID | None]  # known from the start, or who the approval found or made
    job_id: Mapped[UUID | None]
    owner_id: Mapped[UUID | None]  # who is notified, and owns a new candidate; no foreign key: users can be deleted
    note: Mapped[str | None] = mapped_column(sa.String(2000))  # for the candidate
    language: Mapped[str | None] = mapped_column(sa.String(2))
    hours: Mapped[int]  # how long a link is valid
    status: Mapped[InvitationStatus] = mapped_column(
        enum_of(InvitationStatus, "status"), default=InvitationStatus.CREATED
    )
    status_reason: Mapped[str | None] = mapped_column(sa.String(500))
    revision: Mapped[int] = mapped_column(default=0)
    form: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class InvitationFile(TenantScoped, BaseModel):
    """A file of an invitation, until the approval makes it a document of the candidate."""

    __tablename__ = "invitation_files"
    __keys__ = (
        within_tenant("invitation_id", "candidate_invitations", ondelete="CASCADE"),
        within_tenant("document_type_id", "document_types"),
        sa.UniqueConstraint("tenant_id", "invitation_id", "sha256"),
        sa.Index("ix_invitation_files_tenant_id_invitation_id", "tenant_id", "invitation_id"),
    )

    invitation_id: Mapped[UUID]
    document_type_id: Mapped[UUID | None]  # NULL: a resume
    expires_on: Mapped[date | None]
    filename: Mapped[str] = mapped_column(sa.String(200))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    storage_key: Mapped[str] = mapped_column(sa.String(200))
