"""Mailboxes of users."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch
from app.schemas.email_integration_schema import (
    EmailIntegrationOut,
    MailboxConnect,
    MailboxConsent,
    MailboxConsentPage,
    MailboxSynced,
    MailboxTested,
    UnmatchedAttach,
    UnmatchedEmail,
    UnmatchedQuery,
)
from app.schemas.lists import Page
from app.services.access.principal_service import Principal
from app.services.messages import email_integration_service

bp = Blueprint("email_integrations", __name__, url_prefix="/email-integrations")
USE = "email_integrations.use"


@bp.get("")
@endpoint(USE, out=Page[EmailIntegrationOut])
def list_own(principal: Principal):
    """List your mailboxes."""
    return email_integration_service.list_own()


@bp.post("")
@endpoint(USE, out=EmailIntegrationOut, status=201, idempotency_key="none")
def connect(body: MailboxConnect, principal: Principal):
    """Connect a mailbox by IMAP.

    It is read every 15 minutes, at first two days back. Emails with candidates come on their record; of the others,
    only you see the sender and the subject. Nothing in the mailbox is changed.
    """
    return email_integration_service.connect(body)


@bp.post("/consent-page/<words(gmail, outlook):provider>")
@endpoint(USE, out=MailboxConsentPage)
def consent_page(provider: str, principal: Principal):
    """Get the page of a mail provider on which you agree that your mailbox is read."""
    return email_integration_service.consent_page(provider)


@bp.post("/consented")
@endpoint(USE, out=EmailIntegrationOut, status=201, idempotency_key="none")
def connect_consented(body: MailboxConsent, principal: Principal):
    """Connect the mailbox of a mail provider, with what its page returned."""
    return email_integration_service.connect_consented(body)


@bp.get("/<uuid:integration_id>")
@endpoint(USE, out=EmailIntegrationOut)
def get(integration_id: UUID, principal: Principal):
    """Get a mailbox of yours."""
    return email_integration_service.get(integration_id)


@bp.delete("/<uuid:integration_id>")
@endpoint(USE, status=204)
def disconnect(integration_id: UUID, principal: Principal):
    """Disconnect a mailbox. What is on the record stays."""
    email_integration_service.disconnect(integration_id)


@bp.post("/<uuid:integration_id>/<words(pause, resume):action>")
@endpoint(USE, out=EmailIntegrationOut)
def act(integration_id: UUID, action: str, if_match: IfMatch, principal: Principal):
    """Pause or resume the reading of a mailbox."""
    return email_integration_service.act(integration_id, action, if_match)


@bp.post("/<uuid:integration_id>/test")
@endpoint(USE, out=MailboxTested)
def test(integration_id: UUID, principal: Principal):
    """Test whether a mailbox can be read."""
    return email_integration_service.test(integration_id)


@bp.post("/<uuid:integration_id>/sync")
@endpoint(USE, out=MailboxSynced, idempotency_key="none")
def sync(integration_id: UUID, principal: Principal):
    """Read a mailbox now."""
    return email_integration_service.sync_own(integration_id)


@bp.get("/<uuid:integration_id>/unmatched")
@endpoint(USE, out=Page[UnmatchedEmail])
def list_unmatched(integration_id: UUID, query: UnmatchedQuery, principal: Principal):
    """List the emails in a mailbox of yours that fit no candidate."""
    return email_integration_service.list_unmatched(integration_id, query)


@bp.post("/<uuid:integration_id>/unmatched/<uuid:email_id>/attach")
@endpoint(USE, status=204, idempotency_key="none")
def attach(integration_id: UUID, email_id: UUID, body: UnmatchedAttach, principal: Principal):
    """Attach an email that fits no candidate to one."""
    email_integration_service.attach(integration_id, email_id, body.candidate_id)
