"""Reading of mailboxes: every 15 minutes, each email once, whatever breaks."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import EmailIntegration, ProcessedEmail
from app.models.email_integration import MAILBOX_MACHINE, MailboxKind, MailboxStatus
from app.models.notification import NotificationKind
from app.services.access import active_users
from app.services.core import active_tenants, rows
from app.services.core.transaction import end_read, use_case
from app.services.messages import inbound_service
from app.services.messages.inbound_service import UNMATCHED
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About
from app.services.workflow import state_engine
from app.utils import clock, imap_mailbox, scope
from app.utils.addresses import addresses
from app.utils.encryption import cipher
from app.utils.errors import DomainError, Invalid, Unavailable, UpstreamFailed
from app.utils.imap_connection import MailboxLogin
from app.utils.imap_mailbox import ImapMailbox, MailHead
from app.utils.mail_oauth import mail_oauth
from app.utils.mail_parser import ReceivedMail
from app.utils.scope import Actor

EVERY = timedelta(minutes=15)
FIRST_LOOK, OVERLAP = timedelta(days=2), timedelta(minutes=15)
MAX_FAILURES = 3
MAX_BYTES = 30 * 1024 * 1024  # of an email
NOTHING_NEW = ("repeated", "gone")
AT_ONCE = 200  # mailboxes of a run
MOST_MINUTES = timedelta(minutes=10)  # for a mailbox; the next run goes on


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
        login = login_of(integration)
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


def _due() -> sa.ColumnElement[bool]:
    return sa.and_(
        EmailIntegration.status == MailboxStatus.ACTIVE,
        EmailIntegration.due_at <= clock.now(),
        active_users.is_active(EmailIntegration.user_id),
    )


def login_of(integration: EmailIntegration) -> MailboxLogin:
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
    digest = digest_of(data)
    if _has_moved(integration.id, digest, place):
        return "repeated"
    try:
        mail = inbound_service.read(data)
    except Invalid:
        return _remember(integration.id, place, digest, "unreadable", None)
    with scope.tenant(scope.tenant_id(), Actor("candidate")):  # as whoever sent it: it is no act of the user
        result = inbound_service.receive_in_mailbox(mail, integration.user_id)
    return _remember(integration.id, place, digest, result, mail, head.arrived_at)


def digest_of(data: bytes) -> str:
    """Return what an email is remembered by."""
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
