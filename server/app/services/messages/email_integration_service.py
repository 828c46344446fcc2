"""Mailboxes: connected by their users, read every 15 minutes; emails with candidates come on the record.

An email is attached as one that arrives at `/inbound-mail` is. Of one that fits nothing only the head is stored, and
only the user of the mailbox sees it: it may be private.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import EmailIntegration, ProcessedEmail, User
from app.models.email_integration import MAILBOX_MACHINE, MailboxKind, MailboxSecurity, MailboxStatus
from app.schemas.email_integration_schema import (
    EmailIntegrationOut,
    MailboxConnect,
    MailboxConsent,
    MailboxConsentPage,
    MailboxSynced,
    MailboxTested,
    UnmatchedEmail,
    UnmatchedQuery,
)
from app.schemas.lists import Page
from app.services.access import rights
from app.services.candidates import candidate_redirects
from app.services.core import listing, rows
from app.services.core.transaction import end_read, mark_deleted, use_case
from app.services.events import event_service
from app.services.messages import inbound_service, mailbox_sync_service
from app.services.messages.inbound_service import UNMATCHED
from app.services.workflow import state_engine
from app.utils import clock, imap_mailbox, scope
from app.utils.addresses import addresses
from app.utils.encryption import cipher
from app.utils.errors import Conflict, Gone, Invalid, NotFound
from app.utils.imap_connection import MailboxLogin
from app.utils.mail_oauth import PROVIDERS, mail_oauth
from app.utils.outbound import outbound
from app.utils.signing import signer

KEPT = timedelta(days=90)
MAX_MAILBOXES = 5  # per user
CONSENT, CONSENT_SECONDS = "mailbox-consent", 600
IMAP_TLS = 993
ATTACHED = "attached"


def list_own() -> Page[EmailIntegrationOut]:
    """Return the acting user's mailboxes."""
    own = sa.select(EmailIntegration).where(EmailIntegration.user_id == scope.user_id()).order_by(EmailIntegration.id)
    return listing.single_page(EmailIntegrationOut.model_validate(each) for each in db.session.scalars(own))


def get(integration_id: UUID) -> EmailIntegration:
    """Return a mailbox of the acting user; NotFound if it is another user's."""
    return rows.get_own(EmailIntegration, integration_id)


def connect(new: MailboxConnect) -> EmailIntegration:
    """Connect a mailbox by IMAP; UpstreamFailed if it cannot be opened now."""
    if new.security is MailboxSecurity.NONE and not outbound.allows_private:
        wrong = {"pointer": "/security", "code": "not_encrypted", "detail": "must be tls or starttls"}
        raise Invalid("The connection must be encrypted.", code="not_encrypted", errors=[wrong])
    values = new.model_dump(exclude={"password", "username"})
    username = new.username or new.address
    login = MailboxLogin(new.host, new.port, new.security, username, new.password, False, new.folder)
    _try(login)
    return _store(MailboxKind.IMAP, new.password, username=username, **values)


def consent_page(kind: str) -> MailboxConsentPage:
    """Return the provider's page on which the acting user agrees; Conflict if the provider is not set up."""
    state = signer.sign_timed(CONSENT, [str(scope.tenant_id()), str(rights.acting_user()), kind])
    return MailboxConsentPage(url=mail_oauth.authorize_url(kind, _redirect_uri(), state))


def connect_consented(consent: MailboxConsent) -> EmailIntegration:
    """Connect the mailbox that the user agreed to at its provider; NotFound if the state is of another user."""
    tenant_id, user_id, kind = signer.read_timed(CONSENT, consent.state, CONSENT_SECONDS)
    if [tenant_id, user_id] != [str(scope.tenant_id()), str(rights.acting_user())]:
        raise NotFound("The link is invalid or has expired.")
    end_read()  # the provider is slow
    tokens = mail_oauth.exchange(kind, consent.code, _redirect_uri())
    if tokens.refresh is None:
        raise Conflict("The mail provider gave no lasting access. Agree once more.", code="no_lasting_access")
    host = PROVIDERS[kind].host
    _try(MailboxLogin(host, IMAP_TLS, MailboxSecurity.TLS, consent.address, tokens.access, True, "INBOX"))
    where = {"host": host, "port": IMAP_TLS, "security": MailboxSecurity.TLS, "folder": "INBOX"}
    names = {"address": consent.address, "username": consent.address}
    return _store(MailboxKind(kind), tokens.refresh, **where, **names)


def test(integration_id: UUID) -> MailboxTested:
    """Open a mailbox, and return how many emails of the last two days are in it."""
    login = mailbox_sync_service.login_of(get(integration_id))
    with imap_mailbox.opened(login) as mailbox:
        return MailboxTested(emails=len(mailbox.since(clock.now() - mailbox_sync_service.FIRST_LOOK)))


@use_case
def act(integration_id: UUID, action: str, if_match: int | None) -> EmailIntegration:
    """Pause or resume a mailbox."""
    get(integration_id)
    integration = rows.lock_for_update(EmailIntegration, integration_id, if_match)
    state_engine.fire(MAILBOX_MACHINE, integration, action)
    integration.failures, integration.due_at = 0, clock.now()
    return integration


@use_case
def disconnect(integration_id: UUID) -> None:
    """Disconnect a mailbox; what is on the record stays."""
    integration = get(integration_id)
    event_service.record("email_integration.disconnected", integration)
    db.session.delete(integration)


def sync_own(integration_id: UUID) -> MailboxSynced:
    """Read a mailbox of the acting user now; Conflict if it is paused, UpstreamFailed if it cannot be read."""
    integration = get(integration_id)
    if integration.status is not MailboxStatus.ACTIVE:
        raise Conflict("The mailbox is paused. Resume it first.", code="mailbox_paused")
    counts, error = mailbox_sync_service.sync(integration_id)
    if error is not None:
        raise error
    known = {name: counts[name] for name in (ATTACHED, UNMATCHED)}
    return MailboxSynced(**known, ignored=counts.total() - sum(known.values()))


def list_unmatched(integration_id: UUID, query: UnmatchedQuery) -> Page[UnmatchedEmail]:
    """List the emails in a mailbox of the acting user that fit no candidate, newest first."""
    own = ProcessedEmail.integration_id == get(integration_id).id
    statement = sa.select(ProcessedEmail).where(own, ProcessedEmail.result == UNMATCHED)
    page = listing.paginate(statement, ProcessedEmail, query, within=integration_id)
    return listing.page_as(UnmatchedEmail, page)


def attach(integration_id: UUID, email_id: UUID, candidate_id: UUID) -> None:
    """Attach an email that fits nothing to a candidate; Gone if it is no longer in the mailbox."""
    integration = get(integration_id)
    email = rows.get(ProcessedEmail, email_id)
    if email.integration_id != integration.id or email.result != UNMATCHED:
        raise NotFound("There is no such email.")
    candidate_redirects.get(candidate_id)
    validity, _, number = email.place.partition(":")
    digest, user_id, login = email.digest, integration.user_id, mailbox_sync_service.login_of(integration)
    end_read()  # reading is slow
    with imap_mailbox.opened(login) as mailbox:
        data = mailbox.fetch(int(number), mailbox_sync_service.MAX_BYTES) if str(mailbox.validity) == validity else None
    if data is None or mailbox_sync_service.digest_of(data) != digest:
        raise Gone("The email is no longer in the mailbox.", code="email_gone")
    inbound_service.attach(inbound_service.read(data), candidate_id, user_id)
    _mark_attached(email_id)


@use_case
def purge_old() -> int:
    """Forget the emails of all tenants that were read 90 days ago, and return their number."""
    old = sa.delete(ProcessedEmail).where(ProcessedEmail.created_at < clock.now() - KEPT)
    result: Any = db.session.execute(old)
    mark_deleted()
    return int(result.rowcount)


def _try(login: MailboxLogin) -> None:
    end_read()  # connecting is slow
    with imap_mailbox.opened(login):
        pass


@use_case
def _store(kind: MailboxKind, secret: str, **values: Any) -> EmailIntegration:
    user_id = rows.lock_row(User, rights.acting_user()).id
    own = EmailIntegration.user_id == user_id
    rule = f"A user can connect {MAX_MAILBOXES} mailboxes"
    rows.enforce_limit(MAX_MAILBOXES, EmailIntegration, rule, "too_many_mailboxes", own)
    integration = EmailIntegration(
        user_id=user_id, kind=kind, encrypted_secret=cipher.encrypt(secret), due_at=clock.now(), **values
    )
    db.session.add(integration)
    db.session.flush()  # the event needs the id
    event_service.record("email_integration.connected", integration, kind=kind)
    return integration


@use_case
def _mark_attached(email_id: UUID) -> None:
    email = rows.lock_row(ProcessedEmail, email_id)
    email.result, email.sender, email.subject = ATTACHED, None, None


def _redirect_uri() -> str:
    return f"{addresses.app}/mailboxes/callback"
