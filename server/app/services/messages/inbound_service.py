"""Emails that arrive: answers of candidates, automatic answers, and reports of failed deliveries.

An email belongs to the one that it answers: by the signed address that it was sent to, else by the emails that it
names, never in another tenant than that of the email it answers. One to the address of a tenant, `SLUG@DOMAIN`, belongs
to the candidate whose address it came from, if exactly one has it. Never by a name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from app.extensions import db
from app.models import Candidate, CandidateContact, EmailMessage, EmailThread, Tenant
from app.models.candidate_contact import ContactKind
from app.models.email_message import Direction, EmailStatus
from app.models.mail_suppression import SuppressionReason
from app.models.notification import NotificationKind
from app.models.tenant import TenantStatus
from app.services.access import active_users
from app.services.core import child_process, rows
from app.services.core.child_process import ChildFailed
from app.services.core.transaction import end_read, use_case
from app.services.events import event_service
from app.services.invitations import candidate_invitation_service
from app.services.mail import email_message_service, mail_suppression_service
from app.services.mail.email_renderer import MESSAGE
from app.services.mail.mail_transport import mail_transport
from app.services.messages import mail_copy_service, received_files
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About
from app.utils import clock, mail_parser, scope
from app.utils.addresses import addresses
from app.utils.errors import Invalid, NotFound
from app.utils.mail_parser import ReceivedMail
from app.utils.reply_addresses import own_message, reply_addresses
from app.utils.scope import Actor

log = structlog.get_logger("mail")
CANDIDATE = Actor("candidate")
UNMATCHED = "unmatched"


@dataclass(frozen=True, slots=True)
class _Answered:
    tenant_id: UUID
    message_id: UUID
    is_signed: bool  # the address proves that the sender got the email


def read(data: bytes) -> ReceivedMail:
    """Return what an email says; Invalid if it cannot be read."""
    try:
        mail: ReceivedMail = child_process.run_now(mail_parser.read, data)
    except ChildFailed as error:
        raise Invalid("The email cannot be read.", code="unreadable_mail") from error
    return mail


def receive(data: bytes, recipients: Sequence[str] = ()) -> str:
    """Take an email in and return what became of it: attached, repeated, bounced or ignored.

    `recipients` are those of the envelope. NotFound if it answers no email of ours, Invalid if it cannot be read.
    """
    mail = read(data)
    for address in (*recipients, *mail.recipients):
        if (user_id := reply_addresses.read_record(address)) is not None:
            return mail_copy_service.take(user_id, mail)
    answered = _answered(mail, recipients)
    tenant_id = answered.tenant_id if answered else _tenant_of(mail, recipients)
    if tenant_id is None:
        raise _unknown()
    with scope.tenant(tenant_id, CANDIDATE):
        if db.session.scalar(sa.select(Tenant.status).where(Tenant.id == tenant_id)) != TenantStatus.ACTIVE:
            raise _unknown()
        return _take_answer_to(answered, mail) if answered else _take_first(mail)


def receive_in_mailbox(mail: ReceivedMail, user_id: UUID) -> str:
    """Take an email in that a user of the bound tenant got, and return what became of it: as `receive`, or unmatched.

    One that answers an email of another tenant is none of this tenant's business.
    """
    answered = _answered(mail, ())
    try:
        if answered is not None and answered.tenant_id == scope.tenant_id():
            return _take_answer_to(answered, mail)
        return _take_first(mail, user_id)
    except NotFound:
        return UNMATCHED


def attach(mail: ReceivedMail, candidate_id: UUID, user_id: UUID) -> str:
    """Attach an email to a candidate whom a user chose."""
    return _take(candidate_id, mail, None, user_id=user_id)


def _unknown() -> NotFound:
    """Return the error that the mail server tells the sender, as for an address that does not exist."""
    return NotFound("This email answers none of ours, and its sender is no candidate.", code="unknown_recipient")


def _take_answer_to(answered: _Answered, mail: ReceivedMail) -> str:
    message = db.session.get(EmailMessage, answered.message_id)
    if message is None or not message.is_to_candidate:
        raise _unknown()
    if mail.is_bounce:
        return _take_bounce(message.id, mail) if answered.is_signed else "ignored"
    if message.candidate_id is None:  # of an invitation, whose candidate does not exist yet
        raise _unknown()
    return _take(message.candidate_id, mail, message.id, answered.is_signed)


def _take_first(mail: ReceivedMail, user_id: UUID | None = None) -> str:
    """Take in an email that answers none, from the only candidate with the address of its sender."""
    if mail.is_automatic:
        return "ignored"
    bearers = sa.select(CandidateContact.candidate_id).where(
        CandidateContact.kind == ContactKind.EMAIL, CandidateContact.value == mail.sender
    )
    found = db.session.scalars(bearers.limit(2)).all()
    if len(found) != 1:
        raise _unknown()
    return _take(found[0], mail, None, user_id=user_id)


def _tenant_of(mail: ReceivedMail, recipients: Sequence[str]) -> UUID | None:
    """Return the tenant whose address an email was sent to, or None."""
    names = [
        local
        for local, _, domain in (address.lower().rpartition("@") for address in (*recipients, *mail.recipients))
        if reply_addresses.domain and domain == reply_addresses.domain
    ]
    if not names:
        return None
    with scope.platform("the address of a tenant names its slug"):
        found = db.session.scalars(sa.select(Tenant.id).where(Tenant.slug.in_(names)).order_by(Tenant.id)).first()
        end_read()
    return found


def _answered(mail: ReceivedMail, recipients: Sequence[str]) -> _Answered | None:
    for address in (*recipients, *mail.recipients):
        if (message_id := reply_addresses.read(address)) is not None and (found := _find(message_id, True)):
            return found
    for reference in mail.references:
        own = own_message(reference, mail_transport.domain)
        if own is not None and (found := _find(own, False)):
            return found
    return None


def _find(message_id: UUID, is_signed: bool) -> _Answered | None:
    with scope.platform("an answer names an email, not its tenant"):
        tenant_id = db.session.scalar(sa.select(EmailMessage.tenant_id).where(EmailMessage.id == message_id))
        end_read()
    return _Answered(tenant_id, message_id, is_signed) if tenant_id is not None else None


def _take(
    candidate_id: UUID,
    mail: ReceivedMail,
    message_id: UUID | None,
    is_signed: bool = False,
    user_id: UUID | None = None,
) -> str:
    if _is_known(mail, candidate_id):
        return "repeated"
    end_read()  # storing files is slow
    stored = received_files.store_all(mail.attachments, candidate_id)
    return _attach(candidate_id, mail, stored, message_id, is_signed, user_id)


def _id_of(mail: ReceivedMail, candidate_id: UUID) -> str:
    """Return what an email is stored under once: senders choose Message-IDs, and one may reach several candidates."""
    return hashlib.sha256(f"{candidate_id}:{mail.message_id}:{mail.sender}:{mail.subject}".encode()).hexdigest()


def _is_known(mail: ReceivedMail, candidate_id: UUID) -> bool:
    known = sa.select(EmailMessage.id).where(EmailMessage.delivery_key == f"received:{_id_of(mail, candidate_id)}")
    return db.session.scalar(known) is not None


@use_case(retries=3)
def _attach(
    candidate_id: UUID,
    mail: ReceivedMail,
    attachments: list[dict[str, Any]],
    message_id: UUID | None,
    is_signed: bool,
    user_id: UUID | None,
) -> str:
    answered = rows.lock_row(EmailMessage, message_id) if message_id else None
    rows.lock_row(Candidate, candidate_id)  # one delivery at a time, and no merge meanwhile
    if _is_known(mail, candidate_id):  # another delivery of it was faster
        return "repeated"
    thread = _thread(candidate_id, mail.subject, answered, user_id)
    row = EmailMessage(
        delivery_key=f"received:{_id_of(mail, candidate_id)}",
        direction=Direction.IN,
        status=EmailStatus.RECEIVED,
        template=MESSAGE,
        candidate_id=candidate_id,
        thread_id=thread.id,
        recipient=reply_addresses.domain,  # not the signed address, with which anybody could answer
        sender=mail.sender,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        message_id=mail.message_id,
        is_automatic=mail.is_automatic,
        attachments=attachments,
        due_at=clock.now(),
        sent_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()  # the event needs the id
    event_service.record("email_message.received", row, thread_id=thread.id, is_automatic=mail.is_automatic)
    if not mail.is_automatic:
        thread.last_message_at, thread.last_direction = clock.now(), Direction.IN
        if is_signed:
            _confirm(candidate_id, mail.sender)
        if is_signed or _is_theirs(candidate_id, mail.sender):  # a stranger ends no sequence
            email_message_service.end_sequences(candidate_id)
        _notify(row, thread)
    return "attached"


def _confirm(candidate_id: UUID, sender: str) -> None:
    """Note that the candidate reads the emails to an address: they answered one that was sent to it."""
    own = (CandidateContact.candidate_id == candidate_id, CandidateContact.kind == ContactKind.EMAIL)
    for point in db.session.scalars(sa.select(CandidateContact).where(*own, CandidateContact.value == sender)):
        point.is_parsed = False


def _is_theirs(candidate_id: UUID, sender: str) -> bool:
    """Return whether the candidate has this address."""
    own = (CandidateContact.candidate_id == candidate_id, CandidateContact.kind == ContactKind.EMAIL)
    return db.session.scalar(sa.select(CandidateContact.id).where(*own, CandidateContact.value == sender)) is not None


def _thread(candidate_id: UUID, subject: str, answered: EmailMessage | None, user_id: UUID | None) -> EmailThread:
    """Return the thread of an answered email; an email of a rule, when it is answered, or a first one begins one.

    `user_id` is in whose mailbox the first one arrived.
    """
    if answered is not None and answered.thread_id is not None:
        return rows.lock_row(EmailThread, answered.thread_id)
    owner = user_id or db.session.scalar(sa.select(Candidate.owner_id).where(Candidate.id == candidate_id))
    title = (answered.subject if answered is not None else None) or subject
    thread = EmailThread(candidate_id=candidate_id, user_id=owner, subject=title)
    thread.last_message_at, thread.last_direction = clock.now(), Direction.OUT
    db.session.add(thread)
    db.session.flush()  # the emails refer to it
    if answered is not None:
        answered.thread_id = thread.id
    return thread


def _notify(row: EmailMessage, thread: EmailThread) -> None:
    for user in active_users.among([thread.user_id] if thread.user_id else []):
        context = {"link": f"{addresses.app}/candidates/{thread.candidate_id}?thread={thread.id}"}
        about = About(row, thread.candidate_id)
        notification_service.notify(
            user, NotificationKind.MESSAGE_RECEIVED, f"message_received:{row.id}", context, about
        )


@use_case
def _take_bounce(message_id: UUID, mail: ReceivedMail) -> str:
    """Note that an email came back, and suppress its address if it fails for ever."""
    message = rows.lock_row(EmailMessage, message_id)
    if message.recipient.lower() not in mail.bounced:  # a delay, or another address: only ours is believed
        return "ignored"
    if message.status is EmailStatus.SENT:
        message.status, message.error = EmailStatus.BOUNCED, "The mail server of the recipient refused it."
        event_service.record("email_message.bounced", message)
        if message.recipient.lower() in mail.gone:
            mail_suppression_service.suppress(message.recipient, SuppressionReason.BOUNCED)
        if message.invitation_id is not None:
            # The key of its email ends with the revision of the link.
            revision = int(message.delivery_key.rpartition(":")[2])
            candidate_invitation_service.note_bounce(message.invitation_id, revision)
    return "bounced"
