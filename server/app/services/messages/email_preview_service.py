"""Previews of emails, with the values of a real candidate or application, or with invented ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.models import Application, Candidate
from app.schemas.email_template_schema import EmailPreview, EmailTemplatePreview, EmailTexts
from app.services.core import rows
from app.services.mail import email_renderer, email_template_service, message_values
from app.services.mail.email_kinds import SAMPLES
from app.services.mail.email_renderer import MESSAGE
from app.services.messages import message_service
from app.services.settings import tenant_branding_service
from app.utils.addresses import addresses

BEGINS = datetime(2027, 3, 1, 13, 30, tzinfo=UTC)  # an invented interview


def preview(name: str, language: str, request: EmailTemplatePreview) -> EmailPreview:
    """Return the email; Invalid if the texts do not fit its kind, NotFound if the actor does not see the candidate."""
    kind = email_template_service.kind_of(name, language)
    own = email_template_service.checked(kind, request.texts or _present(name, language))
    brand = tenant_branding_service.mail_brand()
    real = _real(request)
    if real and not kind.template:  # as a message to this candidate, with the gaps that it would have
        message_service.fill(own, real)
    values = {**_samples(language), **real}
    mail = email_renderer.filled(own, values | {"company": brand["name"]})
    link = f"{addresses.app}/example"
    subject, text, html = email_renderer.compose(kind.template or MESSAGE, mail, brand, language, link)
    return EmailPreview(subject=subject, text=text, html=html)


def _present(name: str, language: str) -> EmailTexts:
    found = email_template_service.get(name, language)
    return EmailTexts(subject=found.subject, text=found.text, html=found.html, button=found.button)


def _samples(language: str) -> dict[str, Any]:
    """Return a value of each placeholder, in a language."""
    when = message_values.span(BEGINS, BEGINS + timedelta(minutes=45), "Europe/Berlin", language)
    return email_renderer.values_of(SAMPLES | {"when": when}, language)


def _real(request: EmailTemplatePreview) -> dict[str, Any]:
    """Return the values of the candidate that the request names, as far as there are any."""
    candidate_id, job_id = request.candidate_id, None
    if request.application_id is not None:
        application = rows.get(Application, request.application_id)
        candidate_id, job_id = application.candidate_id, application.job_id
    if candidate_id is None:
        return {}
    candidate_id = rows.get(Candidate, candidate_id).id
    found = message_values.of_candidates([candidate_id], job_id)[candidate_id]
    return {key: value for key, value in found.items() if value}
