"""Mailboxes: connected by their users, read every 15 minutes; emails with candidates come on the record.

An email is attached as one that arrives at `/inbound-mail` is. Of one that fits nothing only the head is stored, and
only the user of the mailbox sees it: it may be private.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from app.extensions import db
from app.models import EmailIntegration, ProcessedEmail, User
from app.models.email_integration import MAILBOX_MACHINE, MailboxKind, MailboxSecurity, MailboxStatus
from app.models.notification import NotificationKind
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
from app.services.access import active_users
from app.services.candidates import candidate_redirects
from app.services.core import active_tenants, listing, rows
from app.services.core.transaction import end_read, mark_deleted, use_case
from app.services.events import event_service
from app.services.messages import inbound_service
from app.services.messages.inbound_service import UNMATCHED
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About
from app.services.workflow import state_engine
from app.utils import clock, imap_mailbox, scope
from app.utils.addresses import addresses
from app.utils.encryption import cipher
from app.utils.errors import Conflict, DomainError, Gone, Invalid, NotFound, Unavailable, UpstreamFailed
from app.utils.imap_connection import MailboxLogin
from app.utils.imap_mailbox import ImapMailbox, MailHead
from app.utils.mail_oauth import PROVIDERS, mail_oauth
from app.utils.mail_parser import ReceivedMail
from app.utils.outbound import outbound
from app.utils.scope import Actor
from app.utils.signing import signer

log = structlog.get_logger("mail")
EVERY = timedelta(minutes=15)
FIRST_LOOK, OVERLAP = timedelta(days=2), timedelta(minutes=15)
MAX_FAILURES = 3
KEPT = timedelta(days=90)
MAX_MAILBOXES = 5  # per user
CONSENT, CONSENT_SECONDS = "mailbox-consent", 600
IMAP_TLS = 993
MAX_BYTES = 30 * 1024 * 1024  # of an email
ATTACHED = "attached"
NOTHING_NEW = ("repeated", "gone")
AT_ONCE = 200  # mailboxes of a run
MOST_MINUTES = timedelta(minutes=10)  # for a mailbox; the next run goes on


def list_own() -> Page[EmailIntegrationOut]:
    """Return the acting user's mailboxes."""
    own = sa.select(EmailIntegration).where(EmailIntegration.user_id == scope.user_id()).order_by(EmailIntegration.id)
    return listing.single_page(EmailIntegrationOut.model_validate(each) for each in db.session.scalars(own))


def get(integration_id: UUID) -> EmailIntegration:
    """Return a mailbox of the acting user; NotFound if it is another user's."""
    integration = rows.get(EmailIntegration, integration_id)
    if integration.user_id != scope.user_id():
        raise rows.not_found(EmailIntegration)
    return integration


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
    state = signer.sign_timed(CONSENT, [str(scope.tenant_id()), str(scope.acting_user()), kind])
    return MailboxConsentPage(url=mail_oauth.authorize_url(kind, _redirect_uri(), state))


def connect_consented(consent: MailboxConsent) -> EmailIntegration:
    """Connect the mailbox that the user agreed to at its provider; NotFound if the state is of another user."""
    tenant_id, user_id, kind = signer.read_timed(CONSENT, consent.state, CONSENT_SECONDS)
    if [tenant_id, user_id] != [str(scope.tenant_id()), str(scope.acting_user())]:
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
    login = _login(get(integration_id))
    with imap_mailbox.opened(login) as mailbox:
        return MailboxTested(emails=len(mailbox.since(clock.now() - FIRST_LOOK)))


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
    counts, error = sync(integration_id)
    if error is not None:
        raise error
    known = {name: counts[name] for name in (ATTACHED, UNMATCHED)}
    return MailboxSynced(**known, ignored=counts.total() - sum(known.values()))


def tenants_with_due() -> list[str]:
    """Return the ids (as text) of the tenants with mailboxes to read; in the platform's scope."""
    return active_tenants.having(EmailIntegration, _due())


def sync_due() -> int:
    """Read the mailboxes that are due, one after the other, and return their number."""
    due = sa.select(EmailIntegration.id).where(_due()).order_by(EmailIntegration.due_at).limit(AT_ONCE)
    found = db.session.scalars(due).all()
    for integration_id in found:
        sync(integration_id, only_if_due=True)
    return len(found)


def sync(integration_id: UUID, only_if_due: bool = False) -> tuple[Counter[str], DomainError | None]:
    """Read what is new in a mailbox, and return what became of it, and what kept it from being read to the end.

    Safe to repeat and to end anywhere: each email is remembered, and attached once.
    """
    counts: Counter[str] = Counter()
    integration = _claim(integration_id, only_if_due)
    if integration is None:
        return counts, None
    began = clock.now()
    try:
        login = _login(integration)
        end_read()  # reading is slow
        with imap_mailbox.opened(login, MOST_MINUTES.total_seconds()) as mailbox:
            for head in _new(integration, mailbox):
                if clock.now() - began > MOST_MINUTES:
                    return counts, None
                counts[_process(integration, mailbox, head)] += 1
    except Unavailable as error:  # this server is busy; the mailbox has done nothing wrong
        return counts, error
    except DomainError as error:
        _note_failure(
            integration_id, error.detail, has_read=any(counts[each] for each in counts if each not in NOTHING_NEW)
        )
        return counts, error
    _note(integration_id, began)
    return counts, None


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
    digest, user_id, login = email.digest, integration.user_id, _login(integration)
    end_read()  # reading is slow
    with imap_mailbox.opened(login) as mailbox:
        data = mailbox.fetch(int(number), MAX_BYTES) if str(mailbox.validity) == validity else None
    if data is None or _digest(data) != digest:
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


def _due() -> sa.ColumnElement[bool]:
    return sa.and_(
        EmailIntegration.status == MailboxStatus.ACTIVE,
        EmailIntegration.due_at <= clock.now(),
        active_users.is_active(EmailIntegration.user_id),
    )


def _try(login: MailboxLogin) -> None:
    end_read()  # connecting is slow
    with imap_mailbox.opened(login):
        pass


@use_case
def _store(kind: MailboxKind, secret: str, **values: Any) -> EmailIntegration:
    user_id = rows.lock_row(User, scope.acting_user()).id
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


def _login(integration: EmailIntegration) -> MailboxLogin:
    """Return how to get in: for OAuth with a new access token, for which the provider is asked."""
    secret, is_token = cipher.decrypt(integration.encrypted_secret), integration.kind is not MailboxKind.IMAP
    names = ("host", "port", "security", "username", "folder")
    where = {name: getattr(integration, name) for name in names}
    if is_token:
        integration_id, kind = integration.id, integration.kind
        end_read()  # the provider is slow
        tokens = mail_oauth.refresh(kind, secret)
        if tokens.refresh not in (None, secret):
            _rotate(integration_id, str(tokens.refresh))
        secret = tokens.access
    return MailboxLogin(secret=secret, is_token=is_token, **where)


@use_case
def _rotate(integration_id: UUID, secret: str) -> None:
    rows.lock_row(EmailIntegration, integration_id).encrypted_secret = cipher.encrypt(secret)


@use_case
def _claim(integration_id: UUID, only_if_due: bool) -> EmailIntegration | None:
    """Return a mailbox, due in 15 minutes again; None if it is paused or gone, or another run has just taken it."""
    integration = db.session.get(EmailIntegration, integration_id, with_for_update=True, populate_existing=True)
    if integration is None or integration.status is not MailboxStatus.ACTIVE:
        return None
    if only_if_due and integration.due_at > clock.now():
        return None
    integration.due_at = clock.now() + EVERY
    return integration


def _new(integration: EmailIntegration, mailbox: ImapMailbox) -> list[MailHead]:
    """Return the emails since the last time that were not read yet, the first ones first."""
    # Not after now, even if the clock was ahead the last time; 15 minutes earlier, since clocks differ.
    last = min(integration.synced_at, clock.now()) - OVERLAP if integration.synced_at else clock.now() - FIRST_LOOK
    numbers = mailbox.since(last - timedelta(days=1))  # a search knows days alone, in the zone of the server
    places = {f"{mailbox.validity}:{number}": number for number in numbers}
    known = sa.select(ProcessedEmail.place).where(ProcessedEmail.integration_id == integration.id)
    read = set(db.session.scalars(known.where(ProcessedEmail.place.startswith(f"{mailbox.validity}:"))))
    end_read()
    heads = mailbox.heads([number for place, number in places.items() if place not in read])
    # Exactly two days at first; later, everything that was not read, however late it came.
    return heads if integration.synced_at else [head for head in heads if head.arrived_at >= last]


def _process(integration: EmailIntegration, mailbox: ImapMailbox, head: MailHead) -> str:
    """Take an email in, remember it, and return what became of it."""
    place = f"{mailbox.validity}:{head.number}"
    if head.size > MAX_BYTES:
        return _remember(integration.id, place, hashlib.sha256(place.encode()).hexdigest(), "too_large", None)
    try:
        data = mailbox.fetch(head.number, MAX_BYTES)
    except UpstreamFailed as error:
        if error.code != "mailbox_refused":
            raise
        # The server has it, but does not give it: one email must not hold up all others.
        return _remember(integration.id, place, hashlib.sha256(place.encode()).hexdigest(), "unreadable", None)
    if data is None:  # deleted meanwhile
        return "gone"
    digest = _digest(data)
    if _has_moved(integration.id, digest, place):
        return "repeated"
    try:
        mail = inbound_service.read(data)
    except Invalid:
        return _remember(integration.id, place, digest, "unreadable", None)
    with scope.tenant(scope.tenant_id(), Actor("candidate")):  # as whoever sent it: it is no act of the user
        result = inbound_service.receive_in_mailbox(mail, integration.user_id)
    return _remember(integration.id, place, digest, result, mail, head.arrived_at)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@use_case
def _has_moved(integration_id: UUID, digest: str, place: str) -> bool:
    """Return whether an email was read already under another number, and remember the present one."""
    known = db.session.scalars(_known(integration_id, digest).with_for_update()).one_or_none()
    if known is not None:
        known.place = place
    return known is not None


def _known(integration_id: UUID, digest: str) -> sa.Select[Any]:
    return sa.select(ProcessedEmail).where(
        ProcessedEmail.integration_id == integration_id, ProcessedEmail.digest == digest
    )


@use_case
def _remember(
    integration_id: UUID,
    place: str,
    digest: str,
    result: str,
    mail: ReceivedMail | None,
    arrived_at: datetime | None = None,
) -> str:
    """Remember an email; does nothing if the mailbox was disconnected meanwhile, or another run was faster."""
    there = db.session.get(EmailIntegration, integration_id, with_for_update=True)
    if there is None or db.session.scalars(_known(integration_id, digest)).one_or_none() is not None:
        return result
    row = ProcessedEmail(integration_id=integration_id, place=place, digest=digest, result=result)
    if result == UNMATCHED and mail is not None:
        row.sender, row.subject, row.received_at = mail.sender, mail.subject, arrived_at
    db.session.add(row)
    return result


@use_case
def _mark_attached(email_id: UUID) -> None:
    email = rows.lock_row(ProcessedEmail, email_id)
    email.result, email.sender, email.subject = ATTACHED, None, None


@use_case
def _note(integration_id: UUID, began: datetime) -> None:
    integration = db.session.get(EmailIntegration, integration_id, with_for_update=True)
    if integration is not None:
        integration.synced_at, integration.failures = began, 0
        if integration.status is MailboxStatus.ACTIVE:
            integration.status_reason = None


@use_case
def _note_failure(integration_id: UUID, detail: str, has_read: bool) -> None:
    """Note a failure; the third in a row pauses the mailbox and tells its user.

    One in the middle is none: the next attempt goes on from there.
    """
    integration = db.session.get(EmailIntegration, integration_id, with_for_update=True)
    if integration is None or integration.status is not MailboxStatus.ACTIVE:
        return
    integration.status_reason = detail[:500]
    if has_read:
        integration.failures, integration.due_at = 0, clock.now()
        return
    integration.failures += 1
    if integration.failures < MAX_FAILURES:
        return
    integration.version += 1
    state_engine.fire_automatic(MAILBOX_MACHINE, [integration], "fail")
    for user in active_users.among([integration.user_id]):
        key = f"mailbox_paused:{integration.id}:{integration.version}"
        context = {"link": f"{addresses.app}/mailboxes"}
        notification_service.notify(user, NotificationKind.MAILBOX_PAUSED, key, context, About(integration))


def _redirect_uri() -> str:
    return f"{addresses.app}/mailboxes/callback"
