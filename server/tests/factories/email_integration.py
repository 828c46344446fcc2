"""Mailboxes of users."""

from __future__ import annotations

import itertools
from datetime import timedelta
from uuid import UUID

from app.extensions import db
from app.models import EmailIntegration, ProcessedEmail
from app.models.email_integration import MailboxKind, MailboxSecurity
from app.services.core.transaction import use_case
from app.utils import clock
from app.utils.encryption import cipher
from tests.factories.tenant import SampleTenant

_numbers = itertools.count(1)


def make_email_integration(tenant: SampleTenant, role: str = "TENANT_ADMIN") -> tuple[UUID, UUID]:
    """Connect a mailbox that nobody reads, with an email that fits nothing, and return the ids of both."""
    with tenant.bound():
        return _store(tenant.users[role])


@use_case
def _store(user_id: UUID) -> tuple[UUID, UUID]:
    integration = EmailIntegration(
        user_id=user_id,
        kind=MailboxKind.IMAP,
        address=f"admin{next(_numbers)}@harbour.example",
        host="imap.invalid",
        port=993,
        security=MailboxSecurity.TLS,
        username="admin",
        encrypted_secret=cipher.encrypt("secret"),
        due_at=clock.now() + timedelta(days=3650),
    )
    db.session.add(integration)
    db.session.flush()
    email = ProcessedEmail(integration_id=integration.id, digest="0" * 64, place="1:1", result="unmatched")
    db.session.add(email)
    db.session.flush()
    return integration.id, email.id
