"""The daily digest: one email at 7 in the user's own time zone, with what was collected since the last one."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.extensions import db
from app.models import Notification, User
from app.models.user import UserStatus
from app.services.core import active_tenants
from app.services.core.transaction import use_case
from app.services.mail import email_message_service
from app.services.settings import tenant_settings_service
from app.utils import clock
from app.utils.addresses import addresses

TEMPLATE = "notification_digest"
HOUR = time(7)


def tenants_with_digests() -> list[str]:
    """Return the ids (as text) of the tenants with notifications that await a digest; in the platform's scope."""
    return active_tenants.having(Notification, Notification.awaits_digest)


@use_case
def send_due() -> int:
    """Send the digests of the bound tenant that are due, and return their number."""
    # A digest that another run is sending is left to it.
    waiting = sa.select(Notification).where(Notification.awaits_digest).order_by(Notification.id)
    by_user: dict[UUID, list[Notification]] = {}
    for each in db.session.scalars(waiting.with_for_update(skip_locked=True)):
        by_user.setdefault(each.user_id, []).append(each)
    users = db.session.scalars(sa.select(User).where(User.id.in_(by_user)).order_by(User.id)).all()
    zone = tenant_settings_service.time_zone() if users else ""
    return sum(_send(user, by_user[user.id], last_seven(user.time_zone or zone)) for user in users)


def last_seven(zone: str) -> datetime:
    """Return the latest moment at which it was 7 o'clock in a time zone."""
    local = clock.now().astimezone(ZoneInfo(zone))
    today = datetime.combine(local.date(), HOUR, ZoneInfo(zone))
    # Not minus 24 hours, since a day may have 23 or 25.
    return today if today <= local else datetime.combine(local.date() - timedelta(days=1), HOUR, ZoneInfo(zone))


def _send(user: User, waiting: list[Notification], until: datetime) -> bool:
    """Mail the notifications before the last 7 o'clock; those of users who are not active are dropped."""
    due = [each for each in waiting if each.created_at < until]
    for each in due:
        each.awaits_digest = False
    # Who has read it in the app needs no mail.
    unread = Counter(str(each.kind) for each in due if each.read_at is None)
    if not unread or user.status != UserStatus.ACTIVE:
        return False
    context = {"name": user.name, "locale": user.locale, "kinds": dict(sorted(unread.items()))}
    context["link"] = f"{addresses.app}/notifications"
    email_message_service.queue(TEMPLATE, user.email, key=f"{TEMPLATE}:{user.id}:{due[-1].id}", context=context)
    return True
