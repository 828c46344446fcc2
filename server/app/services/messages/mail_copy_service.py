"""Copies for the record: a user writes to a candidate with any mail program, and sends a blind copy to an address."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateContact, EmailMessage, EmailThread, Tenant, User
from app.models.candidate_contact import NOBODY, ContactKind
from app.models.email_message import Direction, EmailStatus
from app.models.tenant import TenantStatus
from app.models.user import UserStatus
from app.schemas.message_schema import RecordAddress
from app.services.access import principal_service, rights
from app.services.core import rows
from app.services.core.transaction import end_read, use_case
from app.services.events import event_service
from app.services.mail.email_renderer import MESSAGE
from app.services.messages import received_files
from app.utils import clock, scope
from app.utils.errors import NotFound
from app.utils.mail_parser import ReceivedMail
from app.utils.reply_addresses import reply_addresses

MOST = 10  # candidates of one email
WRITE = "email_messages.send"


def address() -> RecordAddress:
    """Return the address of the acting user for copies; null if this installation takes no emails."""
    return RecordAddress(address=reply_addresses.of_record(rights.acting_user()))


def take(user_id: UUID, mail: ReceivedMail) -> str:
    """Put the copy of an email on the record of the candidates whom it went to, and return what became of it.

    NotFound, which the mail server tells the user, if it went to no candidate whom the user sees, the user did not
    write it, or may not write to candidates.
    """
    with scope.platform("an address for copies names a user, not the tenant"):
        found_user = db.session.execute(
            sa.select(User.tenant_id, User.email)
            .join(Tenant, Tenant.id == User.tenant_id)
            .where(User.id == user_id, User.status == UserStatus.ACTIVE, Tenant.status == TenantStatus.ACTIVE)
        ).one_or_none()
        end_read()
    # An address that was in a Cc is known to others, who could write on the record with it.
    if found_user is None or mail.sender.lower() != found_user.email.lower():
        raise _unknown()
    with scope.tenant(found_user.tenant_id):
        actor = principal_service.actor_of(user_id)
    if actor is None or WRITE not in actor.permissions:
        raise _unknown()
    with scope.tenant(found_user.tenant_id, actor):
        found = _candidates(mail)
        if not found:
            raise _unknown()
        results = [_take(user_id, candidate_id, recipient, mail) for candidate_id, recipient in found.items()]
    return "attached" if "attached" in results else "repeated"


def _unknown() -> NotFound:
    return NotFound("This email went to no candidate.", code="unknown_recipient")


def _candidates(mail: ReceivedMail) -> dict[UUID, str]:
    """Return the candidates whom the addresses of an email name, with their address."""
    named = sa.select(CandidateContact.candidate_id, CandidateContact.value).where(
        CandidateContact.kind == ContactKind.EMAIL,
        CandidateContact.value.in_(mail.recipients),
        CandidateContact.shared_by == NOBODY,
    )
    return {row.candidate_id: row.value for row in db.session.execute(named.limit(MOST))}


def _take(user_id: UUID, candidate_id: UUID, recipient: str, mail: ReceivedMail) -> str:
    digest = hashlib.sha256(f"{candidate_id}:{mail.message_id}:{mail.subject}".encode()).hexdigest()
    if _is_known(digest):
        return "repeated"
    end_read()  # storing files is slow
    stored = received_files.store_all(mail.attachments, candidate_id)
    return _attach(user_id, candidate_id, recipient, mail, digest, stored)


def _is_known(digest: str) -> bool:
    known = sa.select(EmailMessage.id).where(EmailMessage.delivery_key == f"copy:{digest}")
    return db.session.scalar(known) is not None


@use_case(retries=3)
def _attach(
    user_id: UUID,
    candidate_id: UUID,
    recipient: str,
    mail: ReceivedMail,
    digest: str,
    attachments: list[dict[str, Any]],
) -> str:
    rows.lock_row(Candidate, candidate_id)  # one delivery at a time, and no merge meanwhile
    if _is_known(digest):
        return "repeated"
    thread = EmailThread(candidate_id=candidate_id, user_id=user_id, subject=mail.subject)
    thread.last_message_at, thread.last_direction = clock.now(), Direction.OUT
    db.session.add(thread)
    db.session.flush()  # the email refers to it
    row = EmailMessage(
        delivery_key=f"copy:{digest}",
        direction=Direction.OUT,
        status=EmailStatus.SENT,
        template=MESSAGE,
        candidate_id=candidate_id,
        thread_id=thread.id,
        author_id=user_id,
        recipient=recipient,
        sender=mail.sender,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        message_id=mail.message_id[:250],
        attachments=attachments,
        due_at=clock.now(),
        sent_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()  # the event needs the id
    event_service.record("email_message.copied", row, thread_id=thread.id)
    return "attached"
