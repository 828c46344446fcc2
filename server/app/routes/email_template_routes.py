"""Templates of emails."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch
from app.schemas.email_template_schema import (
    EmailPreview,
    EmailTemplateItem,
    EmailTemplateOut,
    EmailTemplatePreview,
    EmailTemplateQuery,
    EmailTemplateRestore,
    EmailTemplateVersionOut,
    EmailTexts,
)
from app.schemas.lists import Page
from app.services.mail import email_template_service
from app.services.messages import email_preview_service

bp = Blueprint("email_templates", __name__, url_prefix="/email-templates")

ONE = "/<string:kind>/<string:language>"


@bp.get("")
@endpoint("email_messages.read", out=Page[EmailTemplateItem])
def list_templates(query: EmailTemplateQuery):
    """List the kinds of emails.

    Those that are shipped, and templates of your own for messages, whose names begin with `own.`
    """
    return email_template_service.list_templates(query)


@bp.get(ONE)
@endpoint("email_messages.read", out=EmailTemplateOut)
def get(kind: str, language: str):
    """Get the text of a kind of email in a language."""
    return email_template_service.get(kind, language)


@bp.put(ONE)
@endpoint("email_templates.update", out=EmailTemplateOut)
def save(kind: str, language: str, body: EmailTexts, if_match: IfMatch):
    """Save your own text for a kind of email in a language.

    Refused if it uses an unknown variable or lacks a required one. Emails that are queued already get the new text.
    """
    return email_template_service.save(kind, language, body, if_match)


@bp.delete(ONE)
@endpoint("email_templates.update", status=204)
def reset(kind: str, language: str):
    """Reset a kind of email to the shipped text.

    A template of your own is removed. The versions stay, and can be restored.
    """
    email_template_service.reset(kind, language)


@bp.get(f"{ONE}/versions")
@endpoint("email_messages.read", out=Page[EmailTemplateVersionOut])
def versions(kind: str, language: str):
    """List all versions of your own text, latest first."""
    return email_template_service.versions(kind, language)


@bp.post(f"{ONE}/restore")
@endpoint("email_templates.update", out=EmailTemplateOut)
def restore(kind: str, language: str, body: EmailTemplateRestore, if_match: IfMatch):
    """Restore a version of your own text."""
    return email_template_service.restore(kind, language, body.version, if_match)


@bp.post(f"{ONE}/preview")
@endpoint("email_messages.read", out=EmailPreview, idempotency_key="none")
def preview(kind: str, language: str, body: EmailTemplatePreview):
    """Preview an email with a real candidate or application, or with invented values."""
    return email_preview_service.preview(kind, language, body)
