"""Emails: queued in the transaction of the change, and sent once per unique delivery key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateDocument, EmailMessage, MailPlan
from app.models.candidate_document import SAFE
from app.models.email_message import MAX_SUBJECT, Direction, EmailStatus
from app.models.mail_plan import MailPlanStatus
from app.models.mail_suppression import SuppressionReason
from app.schemas.email_message_schema import EmailMessageQuery
from app.schemas.lists import Page
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service, outbox_service
from app.services.mail import (
    account_link_service,
    candidate_links,
    email_template_service,
    mail_suppression_service,
)
from app.services.mail.email_renderer import MESSAGE, OwnText, render
from app.services.mail.mail_transport import MOST_REFERENCES, Mail, MailFile, mail_transport
from app.services.settings import tenant_branding_service, tenant_settings_service
from app.utils import clock, scope
from app.utils.addresses import absolute
from app.utils.errors import Conflict, NotFound, UpstreamFailed
from app.utils.file_store import file_store
from app.utils.reply_addresses import reply_addresses

CLAIM = timedelta(minutes=2)  # longer than a delivery; the claim of a dead process expires


def list_messages(query: EmailMessageQuery) -> Page[EmailMessage]:
    """List the emails of the tenant, filtered."""
    return listing.paginate(sa.select(EmailMessage), EmailMessage, query)


@dataclass(frozen=True, slots=True)
class NewMail:
    """An email to queue; `key` identifies it, so that it is queued once."""

    template: str
    recipient: str
    key: str
    context: dict[str, Any]
    candidate_id: UUID | None = None
    due_at: datetime | None = None
    is_internal: bool = False  # to a colleague, about the candidate


def queue(
    template: str,
    recipient: str,
    *,
    key: str,
    context: dict[str, Any],
    candidate_id: UUID | None = None,
    due_at: datetime | None = None,
) -> None:
    """Queue an email, unless there is one with the same key."""
    queue_all([NewMail(template, recipient, key, context, candidate_id, due_at)])


@use_case
def queue_all(mails: Sequence[NewMail]) -> None:
    """Queue emails, except those whose key exists already."""
    with scope.unrestricted("a mail leaves once, whoever asks for it"):
        keys = sa.select(EmailMessage.delivery_key).where(EmailMessage.delivery_key.in_([mail.key for mail in mails]))
        known = set(db.session.scalars(keys)) if mails else set()
    put_in_queue(
        EmailMessage(
            delivery_key=mail.key,
            template=mail.template,
            recipient=mail.recipient,
            context=mail.context,
            candidate_id=mail.candidate_id,
            is_internal=mail.is_internal,
            due_at=mail.due_at or clock.now(),
            status=EmailStatus.QUEUED,
        )
        for mail in mails
        if mail.key not in known
    )


def put_in_queue(messages: Iterable[EmailMessage]) -> None:
    """Add emails, each to be sent when it is due; inside a use case."""
    added = list(messages)
    db.session.add_all(added)
    db.session.flush()  # the outbox needs the ids
    for message in added:
        enqueue(message)


def enqueue(message: EmailMessage) -> None:
    """Have an email sent when it is due; inside a use case."""
    outbox_service.enqueue("email_message/queued", due_at=message.due_at, message_id=message.id)


@use_case
def end_sequences(candidate_id: UUID) -> int:
    """Cancel the messages of plans to a candidate that have not left, and return their number."""
    return cancel_unsent(sa.and_(EmailMessage.candidate_id == candidate_id, EmailMessage.plan_id.is_not(None)))


def cancel_unsent(condition: Any) -> int:
    """Cancel emails that have not left and are not leaving, and return their number; inside a use case."""
    free = sa.or_(EmailMessage.claimed_until.is_(None), EmailMessage.claimed_until <= clock.now())
    waiting = sa.and_(condition, EmailMessage.status.in_((EmailStatus.QUEUED, EmailStatus.FAILED)), free)
    with scope.unrestricted("all that belongs together is taken back"):
        found = rows.lock_all(EmailMessage, waiting)
    for message in found:
        message.status = EmailStatus.CANCELLED
    return len(found)


@use_case
def cancel_queued(template: str, candidates: Mapping[UUID, UUID], receiver: str | None = None) -> set[str]:
    """Cancel queued emails of this template about rows, given as {row id: candidate id}; return their keys.

    With `receiver`, only those whose key ends with it.
    """
    statement = sa.select(EmailMessage).where(
        EmailMessage.candidate_id.in_(set(candidates.values())),
        EmailMessage.template == template,
        EmailMessage.status == EmailStatus.QUEUED,
    )
    about, cancelled = {str(row_id) for row_id in candidates}, set()
    for message in db.session.scalars(statement.order_by(EmailMessage.id).with_for_update()):
        # Keys of mails about rows are "TEMPLATE:ROW_ID:VERSION", and then the receiver if there are several.
        parts = message.delivery_key.split(":")
        if parts[1] in about and receiver in (None, parts[-1]):
            message.status = EmailStatus.CANCELLED
            event_service.record("email_message.cancelled", message)
            cancelled.add(message.delivery_key)
    return cancelled


def was_sent(template: str, row_id: UUID, receiver: str) -> bool:
    """Return whether an email of this template about a row has left, or is leaving, for this receiver."""
    key = EmailMessage.delivery_key.like(f"{template}:{row_id}:%:{receiver}")
    left = sa.or_(EmailMessage.status == EmailStatus.SENT, EmailMessage.claimed_until > clock.now())
    with scope.unrestricted("whether a mail has left does not depend on who asks"):
        return db.session.scalar(sa.select(EmailMessage.id).where(key, left).limit(1)) is not None


@dataclass(frozen=True, slots=True)
class _File:
    filename: str
    media_type: str
    storage_key: str


@dataclass(frozen=True, slots=True)
class _Letter:
    key: str
    template: str
    recipient: str
    context: dict[str, Any]
    own: OwnText | None
    reply_to: str | None
    returns_to: str | None = None
    references: tuple[str, ...] = ()
    unsubscribe_url: str | None = None
    files: tuple[_File, ...] = ()


def send(message_id: UUID) -> str:
    """Send a queued or failed email and return its new status, or "skipped" if it was sent or cancelled.

    Conflict if it is being sent already, UpstreamFailed if the transport fails.
    """
    # In a transaction of its own, so that none is open during the delivery.
    letter = _claim(message_id)
    if letter is None:
        return "skipped"
    subject, text, html = render(letter.template, letter.context, letter.own)
    try:
        name, calendar = letter.context["brand"]["name"], letter.context.get("calendar")
        mail = Mail(
            letter.key,
            letter.recipient,
            subject,
            text,
            html,
            letter.reply_to,
            name,
            calendar,
            returns_to=letter.returns_to,
            references=letter.references,
            unsubscribe_url=letter.unsubscribe_url,
            is_personal=letter.template == MESSAGE,
            files=[MailFile(each.filename, each.media_type, _bytes_of(each)) for each in letter.files],
        )
        mail_transport.send(mail)
    except UpstreamFailed:
        _release(message_id)
        raise
    # A crash before this sends the mail a second time, with the same Message-ID.
    return _note_sent(message_id, subject, _without_link(text, letter.context))


def _bytes_of(file: _File) -> bytes:
    try:
        return b"".join(file_store.open(file.storage_key))
    except NotFound as error:  # deleted just now: the next attempt says so
        raise UpstreamFailed("An attached document cannot be read.") from error


def _without_link(text: str, context: Mapping[str, Any]) -> str:
    """Return the text for the record: whoever has the link in it may answer as the candidate."""
    link = context.get("link")
    return text.replace(absolute(link), "[link]") if link else text


@use_case
def fail(message_id: UUID, error: str) -> None:
    """Mark a queued email as failed, after the last attempt."""
    message = db.session.get(EmailMessage, message_id)
    if message is not None and message.status == EmailStatus.QUEUED:
        message.status, message.error = EmailStatus.FAILED, error[:500]
        event_service.record("email_message.failed", message)


@use_case
def _claim(message_id: UUID) -> _Letter | None:
    """Claim an email for two minutes and return what to send; None if there is nothing left to send."""
    message = db.session.get(EmailMessage, message_id, with_for_update=True)
    if message is None or message.status not in (EmailStatus.QUEUED, EmailStatus.FAILED):
        return None
    if message.is_leaving:
        raise Conflict("This email is already being sent.", code="mail_claimed")
    if (refused := _refused(message)) is not None:
        message.status = refused
        event_service.record(f"email_message.{refused}", message)
        return None
    files = _files(message)
    if files is None:
        message.status, message.error = EmailStatus.FAILED, "An attached document is gone or not safe."
        event_service.record("email_message.failed", message)
        return None
    # QUEUED also for a failed mail that is sent again, so that `fail` can mark it again.
    message.status, message.claimed_until = EmailStatus.QUEUED, clock.now() + CLAIM
    context = _context(message)
    returns_to = reply_addresses.of(message.id) if message.is_to_candidate else None
    reply_to = returns_to if message.candidate_id else None  # an answer needs a candidate
    if reply_to is None and (message.candidate_id or message.invitation_id):
        reply_to = tenant_settings_service.current().reply_to
    locale = str(context.get("locale") or context["brand"]["locale"])
    named = context.get("own")
    own = email_template_service.text_of(named, locale) if named else None
    own = own or email_template_service.own_text(message.template, context.get("status"), locale)
    purpose = candidate_links.Purpose.UNSUBSCRIPTION
    return _Letter(
        key=str(message.id),
        template=message.template,
        recipient=message.recipient,
        context=context,
        own=own,
        reply_to=reply_to,
        returns_to=returns_to,
        references=_references(message),
        unsubscribe_url=candidate_links.address(purpose, message.id) if message.plan_id else None,
        files=files,
    )


def _context(message: EmailMessage) -> dict[str, Any]:
    """Return the values of an email with its link, the look of the tenant, and the language of the candidate."""
    context = {
        **candidate_links.fill(account_link_service.fill(message.context)),
        "brand": tenant_branding_service.mail_brand(),
    }
    if message.is_to_candidate and not context.get("locale"):
        context["locale"] = _language(message)
    return context


def _language(message: EmailMessage) -> str | None:
    """Return the language that the candidate prefers, if it is known."""
    wanted = sa.select(Candidate.preferred_language).where(Candidate.id == message.candidate_id)
    with scope.unrestricted("a mail reaches its candidate, whoever causes it"):
        return db.session.scalar(wanted)


def _files(message: EmailMessage) -> tuple[_File, ...] | None:
    """Return the documents that go with a message, in order; None if one was deleted, or is in quarantine."""
    wanted = [UUID(each["document_id"]) for each in message.attachments if message.direction is Direction.OUT]
    if not wanted:
        return ()
    with scope.unrestricted("a mail reaches its candidate, whoever causes it"):
        found = db.session.scalars(sa.select(CandidateDocument).where(CandidateDocument.id.in_(wanted)))
        known = {each.id: each for each in found if each.scan_status in SAFE}
    if not known.keys() >= set(wanted):
        return None
    rows_in_order = (known[each] for each in wanted)
    return tuple(_File(each.filename, each.media_type, each.storage_key) for each in rows_in_order)


def _refused(message: EmailMessage) -> EmailStatus | None:
    """Return the status of an email that must not leave any more, or None."""
    if _is_suppressed(message):
        return EmailStatus.SUPPRESSED
    # An undo, or an answer, that came while an attempt to send it was under way could not cancel it.
    if message.plan_id is not None:
        status = db.session.scalar(sa.select(MailPlan.status).where(MailPlan.id == message.plan_id))
        if status is not MailPlanStatus.SENT or _was_answered(message):
            return EmailStatus.CANCELLED
    return None


def _was_answered(message: EmailMessage) -> bool:
    answer = sa.select(EmailMessage.id).where(
        EmailMessage.candidate_id == message.candidate_id,
        EmailMessage.direction == Direction.IN,
        EmailMessage.is_automatic.is_(False),
        EmailMessage.created_at > message.created_at,
    )
    return db.session.scalar(answer.limit(1)) is not None


def _is_suppressed(message: EmailMessage) -> bool:
    """Return whether the candidate's address gets no such emails any more."""
    if not message.is_to_candidate:
        return False
    reason = mail_suppression_service.reasons([message.recipient]).get(message.recipient.lower())
    return reason is not None and (reason is not SuppressionReason.UNSUBSCRIBED or message.template == MESSAGE)


def _references(message: EmailMessage) -> tuple[str, ...]:
    """Return the Message-IDs of the earlier emails of the thread, oldest first."""
    if message.thread_id is None:
        return ()
    earlier = sa.select(EmailMessage.id, EmailMessage.message_id, EmailMessage.sent_at).where(
        EmailMessage.thread_id == message.thread_id, EmailMessage.sent_at.is_not(None), EmailMessage.id != message.id
    )
    latest = db.session.execute(earlier.order_by(EmailMessage.sent_at.desc()).limit(MOST_REFERENCES)).all()
    return tuple(row.message_id or f"{row.id}@{mail_transport.domain}" for row in reversed(latest))


@use_case
def _release(message_id: UUID) -> None:
    """Release the claim, so that the next attempt does not have to wait."""
    message = db.session.get(EmailMessage, message_id, with_for_update=True)
    if message is not None:
        message.claimed_until = None


@use_case
def _note_sent(message_id: UUID, subject: str, text: str) -> str:
    message = db.session.get(EmailMessage, message_id, with_for_update=True)
    if message is None:
        return "gone"
    message.status, message.sent_at = EmailStatus.SENT, clock.now()
    if message.is_to_candidate:  # the record shows what was sent, whatever becomes of the template
        message.subject, message.text = subject[:MAX_SUBJECT], text
    event_service.record("email_message.sent", message, template=message.template)
    return EmailStatus.SENT
