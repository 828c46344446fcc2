"""Notifications and the channels by which users get them."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field, model_validator

from app.models.notification import EmailChannel, NotificationKind
from app.schemas.common import Flag, In, Out, UtcMoment
from app.schemas.lists import AnyOf, ListQuery, UuidList


class Channels(In):
    """How you get notifications of one kind."""

    in_app: Flag = Field(True, description="In your list of notifications")
    email: EmailChannel = Field(
        EmailChannel.NOW, description="At once (`now`), at 7 in your time zone (`daily`), or never (`off`)"
    )


def _by(text: str, email: EmailChannel = EmailChannel.NOW) -> Channels:
    channels: Channels = Field(default_factory=lambda: Channels(email=email), description=text)
    return channels


class NotificationPreferences(In):
    """How you get each kind of notification. Emails with links to your account and about passwords are always sent.

    Interviewers get invitations and calendar updates in any case; `interview_scheduled` and `feedback_asked` are the
    notifications beside them.
    """

    application_news: Channels = _by("Someone applies for one of your jobs, or withdraws")
    approval_asked: Channels = _by("Your approval is requested")
    approval_decided: Channels = _by("Your approval request was approved or rejected")
    candidate_assigned: Channels = _by("A candidate is assigned to you")
    correction_proposed: Channels = _by("A candidate of yours proposes a correction of their data")
    document_expires: Channels = _by("A document of one of your candidates expires soon")
    feedback_asked: Channels = _by("Your scorecard is awaited", EmailChannel.OFF)
    invitation_submitted: Channels = _by("Someone whom you invited has submitted the form")
    interview_scheduled: Channels = _by("You are on the panel of an interview, or its time changes", EmailChannel.OFF)
    job_team_joined: Channels = _by("You are added to a hiring team")
    mailbox_paused: Channels = _by("One of your mailboxes cannot be read any more")
    message_received: Channels = _by("A candidate answered one of your emails")
    new_sign_in: Channels = _by("Someone signs in to your account from a new app or browser")
    note_mention: Channels = _by("A note on a candidate mentions you")
    offer_decided: Channels = _by("One of your offers is accepted or declined, or expires")
    privacy_requested: Channels = _by("A candidate of yours asks for an export or an erasure of their data")
    retention_notice: Channels = _by("Candidates will be erased because their retention period is over")
    search_alert: Channels = _by("Your saved searches with an alert have new hits")
    task_assigned: Channels = _by("A task is assigned to you")
    tasks_due: Channels = _by("Your tasks are due")
    work_reassigned: Channels = _by("Another user's work or direct reports are reassigned to you")


class NotificationOut(Out):
    """A notification. Names are null if you may not see the candidate, or if there is none."""

    id: UUID
    kind: NotificationKind
    subject_type: str | None = Field(description="Table of what it is about, such as `notes`")
    subject_id: UUID | None
    candidate_id: UUID | None
    candidate_name: str | None
    job_id: UUID | None
    job_title: str | None
    actor_id: UUID | None = Field(description="The user who caused it; null for candidates and the system")
    actor_name: str | None
    read_at: UtcMoment | None
    created_at: UtcMoment


class NotificationQuery(ListQuery):
    """Filters for listing your notifications."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at",)

    kind: AnyOf[NotificationKind] | None = None
    is_read: bool | None = Field(None, description="Only those that you have read, or only others")


class NotificationCount(Out):
    """The number of your unread notifications."""

    unread: int


class NotificationsRead(In):
    """Which notifications to mark as read: all up to one, or some."""

    up_to: UUID | None = Field(
        None,
        description="The id of the latest notification that you have read",
        examples=["01890000-0000-7000-8000-000000000000"],
    )
    ids: UuidList | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> NotificationsRead:
        if (self.up_to is None) == (self.ids is None):
            raise ValueError("exactly one of `up_to` and `ids` is required")
        return self


class NotificationsMarked(Out):
    """How many notifications were marked, and how many remain unread."""

    marked: int
    unread: int
