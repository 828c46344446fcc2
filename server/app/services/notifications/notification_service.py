"""Notifications: rows that users read in the app, and emails at once or in the digest, as each user chooses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, Job, Notification, User
from app.models.notification import EmailChannel, NotificationKind
from app.schemas.lists import Page
from app.schemas.notification_schema import (
    Channels,
    NotificationCount,
    NotificationOut,
    NotificationPreferences,
    NotificationQuery,
    NotificationsMarked,
    NotificationsRead,
)
from app.services.core import listing, rows, upsert
from app.services.core.transaction import mark_deleted, use_case
from app.services.events import event_service
from app.services.mail import email_message_service
from app.services.mail.email_renderer import NOTIFICATION
from app.utils import clock, scope
from app.utils.addresses import addresses

KEPT = timedelta(days=90)
GENERAL = "notification"  # the mail about a kind that has no mail of its own
LISTED = (
    *(
        getattr(Notification, name)
        for name in "id kind subject_type subject_id candidate_id job_id actor_id read_at created_at".split()
    ),
    # Lookups, to which the visibility rules apply: the name of a candidate that the reader may not see is NULL.
    rows.scalar_lookup(Candidate.name, Notification.candidate_id).label("candidate_name"),
    rows.scalar_lookup(Job.title, Notification.job_id).label("job_title"),
    rows.scalar_lookup(User.name, Notification.actor_id).label("actor_name"),
)


@dataclass(frozen=True, slots=True)
class About:
    """What a notification is about: a row, and the candidate and the job that it belongs to."""

    subject: Any = None
    candidate_id: UUID | None = None
    job_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification to send. `key` names the event, for all of its users; `context` holds the values of the email."""

    user: User
    kind: NotificationKind
    key: str
    context: dict[str, Any] = field(default_factory=dict)
    about: About = About()


def preferences(user_id: UUID) -> NotificationPreferences:
    """Return how the user gets each kind of notification."""
    return _preferences(rows.get(User, user_id))


@use_case
def set_preferences(user_id: UUID, wanted: NotificationPreferences) -> NotificationPreferences:
    """Set how the user gets each kind of notification."""
    user = rows.lock_for_update(User, user_id)
    usual = NotificationPreferences()
    # Only what differs is stored, so that a new kind, or a new default, applies to everybody else.
    user.notification_settings = {
        name: channels.model_dump(mode="json") for name, channels in wanted if channels != getattr(usual, name)
    }
    event_service.record("user.notifications_changed", user)
    return wanted


def list_own(query: NotificationQuery) -> Page[NotificationOut]:
    """Return the acting user's notifications, newest first."""
    return listing.page_as(NotificationOut, listing.paginate(filtered(query), Notification, query))


def filtered(query: NotificationQuery) -> sa.Select[Any]:
    """Select the acting user's notifications that the filters beyond the columns leave."""
    statement = sa.select(*LISTED).where(*_own())
    if query.is_read is not None:
        unread = Notification.read_at.is_(None)
        statement = statement.where(~unread if query.is_read else unread)
    return statement


def count() -> NotificationCount:
    """Return the number of the acting user's unread notifications."""
    unread = sa.select(sa.func.count(Notification.id)).where(*_own(), Notification.read_at.is_(None))
    return NotificationCount(unread=db.session.scalar(unread) or 0)


@use_case
def mark_read(which: NotificationsRead) -> NotificationsMarked:
    """Mark the acting user's notifications as read."""
    # Ids are UUIDv7: those up to one are not newer.
    chosen = Notification.id <= which.up_to if which.up_to else Notification.id.in_(which.ids or [])
    marked: Any = db.session.execute(
        sa.update(Notification)
        .where(*_own(), Notification.read_at.is_(None), chosen)
        .values(read_at=clock.now(), updated_at=clock.now())
    )
    mark_deleted()  # loaded rows are out of date
    return NotificationsMarked(marked=int(marked.rowcount), unread=count().unread)


@use_case
def notify(
    user: User, kind: NotificationKind, key: str, context: dict[str, Any] | None = None, about: About | None = None
) -> None:
    """Notify one user; see `notify_all`."""
    notify_all([Notice(user, kind, key, context or {}, about or About())])


@use_case
def notify_all(notices: list[Notice]) -> None:
    """Notify users by the channels that each of them chose, once per user and key, in one insert.

    Nobody is notified of what they did themselves, but for a new sign-in.
    """
    added = []
    for notice in notices:
        if notice.user.id == scope.user_id() and notice.kind is not NotificationKind.NEW_SIGN_IN:
            continue
        channels: Channels = getattr(_preferences(notice.user), notice.kind)
        awaits = channels.email is EmailChannel.DAILY
        if channels.in_app or awaits:
            added.append(_row(notice, channels.in_app, awaits))
        if channels.email is EmailChannel.NOW:
            _mail(notice)
    if added:
        db.session.flush()  # what they are about
        db.session.execute(upsert.insert(Notification.__table__).values(added).on_conflict_do_nothing())


@use_case
def purge_old() -> int:
    """Delete notifications of all tenants after 90 days, and return their number."""
    result: Any = db.session.execute(sa.delete(Notification).where(Notification.created_at < clock.now() - KEPT))
    mark_deleted()
    return int(result.rowcount)


def _own() -> tuple[Any, ...]:
    return (Notification.user_id == scope.user_id(), Notification.is_shown)


def _preferences(user: User) -> NotificationPreferences:
    known = {
        name: channels
        for name, channels in user.notification_settings.items()
        if name in NotificationPreferences.model_fields
    }
    return NotificationPreferences.model_validate(known)


def _row(notice: Notice, is_shown: bool, awaits_digest: bool) -> dict[str, Any]:
    subject = notice.about.subject
    return rows.new_row(
        user_id=notice.user.id,
        kind=notice.kind,
        key=notice.key,
        subject_type=subject.__tablename__ if subject is not None else None,
        subject_id=subject.id if subject is not None else None,
        candidate_id=notice.about.candidate_id,
        job_id=notice.about.job_id,
        actor_id=scope.user_id(),
        is_shown=is_shown,
        awaits_digest=awaits_digest,
    )


def _mail(notice: Notice) -> None:
    own = notice.kind in NOTIFICATION
    context = {"name": notice.user.name, "locale": notice.user.locale, **notice.context}
    if not own:
        context = {"line": str(notice.kind), "link": f"{addresses.app}/notifications", **context}
    template = str(notice.kind) if own else GENERAL
    email_message_service.queue(template, notice.user.email, key=f"{notice.key}:{notice.user.id}", context=context)
