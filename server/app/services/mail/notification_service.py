"""Notifications: emails that users can mute."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.models import User
from app.schemas.account_schema import NotificationPreferences
from app.services.core import rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.mail import email_message_service


def preferences(user_id: UUID) -> NotificationPreferences:
    """Return which notifications the user receives."""
    muted = rows.get(User, user_id).muted_mails
    return NotificationPreferences(**{name: name not in muted for name in NotificationPreferences.model_fields})


@use_case
def set_preferences(user_id: UUID, wanted: NotificationPreferences) -> NotificationPreferences:
    """Set which notifications the user receives."""
    user = rows.lock_for_update(User, user_id)
    # Only what is muted is stored, so that a new kind of notification is on by default.
    user.muted_mails = sorted(name for name, wants in wanted if not wants)
    event_service.record("user.notifications_changed", user)
    return wanted


@use_case
def mail(user: User, template: str, key: str, context: dict[str, Any]) -> None:
    """Queue an email to a user, unless muted; the template's name is also the name of the preference."""
    if template not in user.muted_mails:
        email_message_service.queue(template, user.email, key=key, context={"locale": user.locale, **context})
