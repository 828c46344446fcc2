"""Messages to candidates: written by users, held for a while, sent once, kept with their threads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, CandidateDocument, EmailMessage, EmailThread
from app.models.candidate_document import SAFE
from app.models.email_message import MAX_SUBJECT, Direction, EmailStatus
from app.schemas.lists import Page
from app.schemas.message_schema import MessageCreate, MessageText, ThreadOut, ThreadQuery
from app.services.applications import application_mails
from app.services.candidates import candidate_expansions, candidate_redirects
from app.services.core import listing, rows
from app.services.core.expansion import expand
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.mail import (
    email_message_service,
    email_renderer,
    email_template_service,
    mail_rule_service,
    mail_suppression_service,
    message_values,
)
from app.services.mail.email_kinds import OF_MESSAGES, EmailKind
from app.services.mail.email_renderer import MESSAGE, PLACEHOLDER, OwnText
from app.utils import clock, ids, scope
from app.utils.errors import Conflict, Invalid

MAX_ATTACHED = 15 * 1024 * 1024  # bytes; many mail servers refuse emails of more than 20 MB
FREE = EmailKind("own.message", "candidate", OF_MESSAGES)  # a text that is no template


def get(message_id: UUID) -> EmailMessage:
    """Return an email with its text."""
    return rows.get(EmailMessage, message_id)


def list_threads(query: ThreadQuery) -> Page[ThreadOut]:
    """List the threads, that with the latest message first."""
    statement = sa.select(EmailThread)
    if query.mine is not None:
        mine = EmailThread.user_id == scope.user_id()
        statement = statement.where(mine if query.mine else sa.or_(EmailThread.user_id.is_(None), ~mine))
    page = listing.paginate(statement, EmailThread, query)
    known = {"candidate": ("candidate_id", candidate_expansions.candidates, None)}
    return listing.page_as(ThreadOut, page.model_copy(update={"data": expand(page.data, ["candidate"], known)}))


@use_case
def send(candidate_id: UUID, new: MessageCreate) -> EmailMessage:
    """Queue a message; Conflict if the candidate cannot be mailed, Invalid if a variable has no value."""
    candidate = candidate_redirects.get(candidate_id)
    application = _application(candidate.id, new.application_id)
    own = text_of(new, candidate.preferred_language)
    values = message_values.of_candidates([candidate.id], application.job_id if application else None)[candidate.id]
    address = _address(candidate.id, application)
    thread = _thread(candidate.id, new, application)
    message = in_thread(thread, address, fill(own, values), mail_rule_service.after_hold())
    message.author_id = scope.user_id()
    message.attachments = _attached(candidate.id, new.document_ids)
    thread.subject = thread.subject or message.subject or ""
    email_message_service.put_in_queue([message])
    event_service.record("email_message.queued", message, thread_id=thread.id)
    return message


def in_thread(thread: EmailThread, address: str, filled: tuple[str, str, str | None], due_at: datetime) -> EmailMessage:
    """Return a new message of a thread from what `fill` returned; it is not in the queue yet."""
    subject, text, html = filled
    message_id = ids.new_id()
    return EmailMessage(
        id=message_id,
        delivery_key=f"{MESSAGE}:{message_id}",
        template=MESSAGE,
        recipient=address,
        candidate_id=thread.candidate_id,
        thread_id=thread.id,
        subject=subject[:MAX_SUBJECT],
        text=text,
        context={"subject": subject, "text": text, "html": html},
        status=EmailStatus.QUEUED,
        due_at=due_at,
    )


@use_case
def cancel(message_id: UUID) -> EmailMessage:
    """Take an email back that was not sent yet; Conflict if it was."""
    message = rows.lock_row(EmailMessage, message_id)
    if message.status not in (EmailStatus.QUEUED, EmailStatus.FAILED) or message.is_leaving:
        raise Conflict(
            f"The email is {message.status} and cannot be taken back.",
            code="mail_not_queued",
            current_state=message.status,
        )
    message.status = EmailStatus.CANCELLED
    event_service.record("email_message.cancelled", message)
    return message


@use_case
def retry(message_id: UUID) -> EmailMessage:
    """Try to send a failed email again; Conflict unless it failed."""
    message = rows.lock_row(EmailMessage, message_id)
    if message.status is not EmailStatus.FAILED:
        raise Conflict("Only failed emails can be sent again.", code="mail_not_failed", current_state=message.status)
    message.status, message.error, message.due_at = EmailStatus.QUEUED, None, clock.now()
    email_message_service.enqueue(message)
    event_service.record("email_message.retried", message)
    return message


def text_of(written: MessageText, language: str | None = None) -> OwnText:
    """Return the text that a request names or contains; Invalid if it has unknown variables."""
    if written.template is not None:
        mail_rule_service.check_template(written.template)
        found = email_template_service.text_of(written.template, language or email_template_service.tenant_language())
        assert found is not None  # checked above
        return found
    assert written.subject is not None and written.text is not None  # the schema requires them
    named = set(PLACEHOLDER.findall(written.subject + written.text))
    unknown = sorted(named - set(FREE.variables))
    if unknown:
        wrong = {"pointer": "/text", "code": "unknown_variable", "detail": f"has the unknown variable {{{unknown[0]}}}"}
        raise Invalid("The message has an unknown variable.", code="unknown_variable", errors=[wrong])
    return OwnText(written.subject, written.text)


def missing(own: OwnText, values: dict[str, Any]) -> list[str]:
    """Return the variables of a text that have no value."""
    named = PLACEHOLDER.findall(own.subject + own.text + (own.html or ""))
    return sorted({name for name in named if not values.get(name)})


def fill(own: OwnText, values: dict[str, Any]) -> tuple[str, str, str | None]:
    """Return subject, text and HTML of a message; Invalid if a variable has no value."""
    lacks = missing(own, values)
    if lacks:
        detail = f"{{{lacks[0]}}} has no value for this candidate"
        errors = [{"pointer": "/text", "code": "missing_value", "detail": detail}]
        raise Invalid("The message would have a gap.", code="missing_value", errors=errors)
    mail = email_renderer.filled(own, values)
    html = str(mail["body"]) if mail["body"] is not None else None
    return mail["subject"], "\n\n".join(mail["paragraphs"]), html


def _attached(candidate_id: UUID, document_ids: Sequence[UUID]) -> list[dict[str, str]]:
    """Return the files of a message; Invalid if one is not of the candidate or not safe, or if they are too large."""
    wanted = list(dict.fromkeys(document_ids))
    found = db.session.scalars(sa.select(CandidateDocument).where(CandidateDocument.id.in_(wanted))) if wanted else ()
    known = {each.id: each for each in found if each.candidate_id == candidate_id and each.scan_status in SAFE}
    for position, document_id in enumerate(document_ids):
        if document_id not in known:
            pointer = f"/document_ids/{position}"
            wrong = {"pointer": pointer, "code": "no_such_document", "detail": "is no document of the candidate"}
            raise Invalid("A document cannot be attached.", code="no_such_document", errors=[wrong])
    if sum(each.size for each in known.values()) > MAX_ATTACHED:
        wrong = {"pointer": "/document_ids", "code": "too_large", "detail": "must have 15 MB together at most"}
        raise Invalid("The documents are too large for an email.", code="too_large", errors=[wrong])
    return [{"filename": known[each].filename, "document_id": str(each)} for each in wanted]


def _application(candidate_id: UUID, application_id: UUID | None) -> Application | None:
    if application_id is None:
        return None
    application = rows.get(Application, application_id)
    if application.candidate_id != candidate_id:
        wrong = {"pointer": "/application_id", "code": "other_candidate", "detail": "is of another candidate"}
        raise Invalid("The application is of another candidate.", code="other_candidate", errors=[wrong])
    return application


def _address(candidate_id: UUID, application: Application | None) -> str:
    about = application.id if application else candidate_id
    address = application_mails.addresses({about: candidate_id}).get(about)
    if address is None:
        raise Conflict("The candidate has no email address.", code="no_address")
    if address.lower() in mail_suppression_service.reasons([address]):
        raise Conflict("This address gets no emails any more.", code="address_suppressed")
    return address


def _thread(candidate_id: UUID, new: MessageCreate, application: Application | None) -> EmailThread:
    if new.thread_id is not None:
        thread = rows.lock_row(EmailThread, new.thread_id)
        if thread.candidate_id != candidate_id:
            wrong = {"pointer": "/thread_id", "code": "other_candidate", "detail": "is with another candidate"}
            raise Invalid("The thread is with another candidate.", code="other_candidate", errors=[wrong])
    else:
        thread = EmailThread(candidate_id=candidate_id, application_id=application.id if application else None)
        thread.subject = ""
        db.session.add(thread)
    thread.user_id = scope.user_id() or thread.user_id
    thread.last_message_at, thread.last_direction = clock.now(), Direction.OUT
    db.session.flush()  # the message refers to it
    return thread
