"""Unsubscriptions from messages, by the link in them (RFC 8058)."""

from __future__ import annotations

from app.extensions import db
from app.models import EmailMessage, Tenant
from app.models.mail_suppression import SuppressionReason
from app.schemas.message_schema import PublicUnsubscription
from app.services.core import rows
from app.services.core.transaction import use_case
from app.services.mail import candidate_links, mail_suppression_service
from app.services.mail.candidate_links import Purpose
from app.services.settings import tenant_settings_service
from app.utils import scope


def view(token: str) -> PublicUnsubscription:
    """Return whether the address of a message gets more of them; NotFound if the link is invalid."""
    with candidate_links.opened(Purpose.UNSUBSCRIPTION, token) as link:
        return _shown(rows.get(EmailMessage, link.row_id))


def unsubscribe(token: str) -> PublicUnsubscription:
    """Send the address of a message no more of them; idempotent."""
    with candidate_links.opened(Purpose.UNSUBSCRIPTION, token) as link:
        return _unsubscribe(rows.get(EmailMessage, link.row_id))


@use_case
def _unsubscribe(message: EmailMessage) -> PublicUnsubscription:
    mail_suppression_service.suppress(message.recipient, SuppressionReason.UNSUBSCRIBED)
    db.session.flush()
    return _shown(message)


def _shown(message: EmailMessage) -> PublicUnsubscription:
    tenant = rows.get(Tenant, scope.tenant_id())
    is_suppressed = bool(mail_suppression_service.reasons([message.recipient]))
    imprint = tenant_settings_service.imprint(tenant)
    return PublicUnsubscription(**imprint, company=tenant.name, is_unsubscribed=is_suppressed)
