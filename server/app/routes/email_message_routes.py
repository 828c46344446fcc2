"""Emails of the tenant."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.email_message_schema import EmailMessageOut, EmailMessageQuery
from app.schemas.lists import Page
from app.services.mail import email_message_service

bp = Blueprint("email_messages", __name__, url_prefix="/email-messages")


@bp.get("")
@endpoint("email_messages.read", out=Page[EmailMessageOut])
def list_messages(query: EmailMessageQuery):
    """List emails."""
    return email_message_service.list_messages(query)
