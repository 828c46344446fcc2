"""Suppressed addresses: after a bounce, an unsubscription, or because a user says so."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import MailSuppression
from app.models.mail_suppression import SuppressionReason
from app.schemas.lists import Page
from app.schemas.mail_suppression_schema import SuppressionCreate, SuppressionQuery
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils import scope


def list_suppressions(query: SuppressionQuery) -> Page[MailSuppression]:
    """List the suppressed addresses, filtered."""
    return listing.paginate(sa.select(MailSuppression), MailSuppression, query)


@use_case
def create(new: SuppressionCreate) -> MailSuppression:
    """Suppress an address; Conflict if it is suppressed already."""
    return _add(new.address, SuppressionReason.MANUAL)


@use_case
def delete(suppression_id: UUID) -> None:
    """Send emails to an address again."""
    row = rows.lock_for_delete(MailSuppression, suppression_id)
    event_service.record("mail_suppression.deleted", row, kind=row.reason)
    db.session.delete(row)


@use_case
def suppress(address: str, reason: SuppressionReason) -> None:
    """Suppress an address unless it is already; a bounce replaces an unsubscription, which is narrower."""
    present = sa.select(MailSuppression).where(MailSuppression.address == address.lower()).with_for_update()
    row = db.session.scalars(present).one_or_none()
    if row is None:
        _add(address, reason)
    elif row.reason is SuppressionReason.UNSUBSCRIBED:
        row.reason = reason


def reasons(addresses: Collection[str]) -> dict[str, SuppressionReason]:
    """Return why each of these addresses is suppressed, if it is."""
    wanted = {address.lower() for address in addresses}
    columns = sa.select(MailSuppression.address, MailSuppression.reason).where(MailSuppression.address.in_(wanted))
    return {row.address: row.reason for row in db.session.execute(columns)} if wanted else {}


def _add(address: str, reason: SuppressionReason) -> MailSuppression:
    row = MailSuppression(address=address.lower(), reason=reason, user_id=scope.user_id())
    db.session.add(row)
    db.session.flush()  # the event needs the id
    event_service.record("mail_suppression.created", row, kind=reason)
    return row
