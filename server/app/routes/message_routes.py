"""Messages to candidates, threads, suppressed addresses, and emails that arrive."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import PUBLIC
from app.schemas.common import RawMail
from app.schemas.lists import Page
from app.schemas.mail_suppression_schema import SuppressionCreate, SuppressionOut, SuppressionQuery
from app.schemas.message_schema import (
    InboundResult,
    MessageCreate,
    MessageOut,
    PublicUnsubscription,
    RecordAddress,
    ThreadOut,
    ThreadQuery,
)
from app.services.access.principal_service import Principal
from app.services.mail import mail_suppression_service
from app.services.messages import inbound_service, mail_copy_service, message_service, unsubscription_service

bp = Blueprint("messages", __name__, url_prefix="")


@bp.post("/candidates/<uuid:candidate_id>/messages")
@endpoint("email_messages.send", out=MessageOut, status=201)
def send(candidate_id: UUID, body: MessageCreate):
    """Write to a candidate.

    The message waits for the hold of the tenant, usually ten minutes, in which you can cancel it.
    """
    return message_service.send(candidate_id, body)


@bp.get("/email-messages/<uuid:message_id>")
@endpoint("email_messages.read", out=MessageOut)
def get(message_id: UUID):
    """Get an email with its text."""
    return message_service.get(message_id)


@bp.post("/email-messages/<uuid:message_id>/cancel")
@endpoint("email_messages.send", out=MessageOut)
def cancel(message_id: UUID):
    """Take an email back that was not sent yet."""
    return message_service.cancel(message_id)


@bp.post("/email-messages/<uuid:message_id>/retry")
@endpoint("email_messages.send", out=MessageOut)
def retry(message_id: UUID):
    """Try to send a failed email again."""
    return message_service.retry(message_id)


@bp.get("/email-threads")
@endpoint("email_messages.read", out=Page[ThreadOut])
def list_threads(query: ThreadQuery):
    """List threads with candidates, that with the latest message first.

    The emails of a thread are `/email-messages?thread_id=`.
    """
    return message_service.list_threads(query)


@bp.get("/mail-suppressions")
@endpoint("email_messages.read", out=Page[SuppressionOut])
def list_suppressions(query: SuppressionQuery):
    """List the addresses that get no emails."""
    return mail_suppression_service.list_suppressions(query)


@bp.post("/mail-suppressions")
@endpoint("email_messages.send", out=SuppressionOut, status=201)
def suppress(body: SuppressionCreate):
    """Suppress an address."""
    return mail_suppression_service.create(body)


@bp.delete("/mail-suppressions/<uuid:suppression_id>")
@endpoint("mail_suppressions.delete", status=204)
def delete_suppression(suppression_id: UUID):
    """Send emails to a suppressed address again."""
    mail_suppression_service.delete(suppression_id)


@bp.get("/record-address")
@endpoint("email_messages.send", out=RecordAddress)
def record_address(principal: Principal):
    """Get your address for copies.

    Send a blind copy of an email to it, from any mail program: the email comes on the record of the candidates whom it
    went to.
    """
    return mail_copy_service.address()


@bp.post("/inbound-mail")
@endpoint(PUBLIC, out=InboundResult)
def receive(mail: RawMail):
    """Hand over an email that arrived, from your mail server.

    The body is the email (RFC 5322), signed as Standard Webhooks sign their payload: `webhook-id`, `webhook-timestamp`
    and `webhook-signature` with the secret `INBOUND_MAIL_SECRET`. 404 means that the email answers none of ours: the
    mail server should refuse it.
    """
    return InboundResult(result=inbound_service.receive(mail.content))


@bp.get("/unsubscriptions/<string:token>")
@endpoint(PUBLIC, out=PublicUnsubscription, limit="public")
def unsubscription(token: str):
    """Get whether the address of a message gets more of them, by the link in the message."""
    return unsubscription_service.view(token)


@bp.post("/unsubscriptions/<string:token>")
@endpoint(PUBLIC, out=PublicUnsubscription, limit="public")
def unsubscribe(token: str):
    """Unsubscribe the address of a message from more of them."""
    return unsubscription_service.unsubscribe(token)
