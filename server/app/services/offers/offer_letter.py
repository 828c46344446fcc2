"""Offer letters: the terms of an offer, rendered with its template as PDF."""

from __future__ import annotations

from html import escape
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, Job, Offer, OfferTemplate, Tenant
from app.services.core import rows
from app.utils import locales, pdf_letter
from app.utils.errors import Invalid
from app.utils.text import fill

PLAIN = """<h1>{company}</h1><p>Dear {candidate},</p><p>We are pleased to offer you the position <b>{title}</b>.</p>
<ul><li>Pay: {pay}</li><li>Start: {start_on}</li><li>Employment: {employment_type}</li></ul>
<p>{conditions}</p><p>This offer can be accepted until {expires_at}.</p>"""
OPEN = "to be agreed"  # for a term that is not set


def draw(offer: Offer) -> bytes:
    """Render the letter as PDF; Invalid if it cannot be laid out."""
    body = rows.get(OfferTemplate, offer.template_id).body if offer.template_id else PLAIN
    names = _names(offer)
    values = _values(offer, names)
    # Only the values are escaped: the template is HTML, cleaned when it was saved.
    body = fill(body, {name: escape(_plain(value)).replace("\n", "<br>") for name, value in values.items()})
    try:
        return pdf_letter.draw(body, f"{names.company}: {offer.title}")
    except ValueError as error:
        raise Invalid("The letter cannot be rendered with these terms.", code="bad_letter") from error


def _plain(value: str) -> str:
    """Replace the narrow blanks of dates and amounts, which the typeface lacks."""
    return value.replace("\u202f", "\u00a0")


def _values(offer: Offer, names: Any) -> dict[str, str]:
    """Return the values of the placeholders, in the tenant's locale."""
    locale = locales.of(names.locale)
    expires = offer.expires_at and locales.moment(offer.expires_at, names.time_zone, locale)
    pay = locales.money(offer.pay_amount, offer.pay_currency, locale)
    return {
        "company": names.company,
        "candidate": names.candidate,
        "job": names.job,
        "title": offer.title,
        "pay": f"{pay} per {offer.pay_period}",
        "start_on": locales.day(offer.start_on, locale) if offer.start_on else OPEN,
        "expires_at": str(expires) if expires else OPEN,
        "employment_type": offer.employment_type.replace("_", " ") if offer.employment_type else OPEN,
        "conditions": offer.conditions or "",
    }


def _names(offer: Offer) -> Any:
    statement = (
        sa.select(
            Tenant.name.label("company"),
            Tenant.locale,
            Tenant.time_zone,
            Candidate.name.label("candidate"),
            Job.title.label("job"),
        )
        .select_from(Offer)
        .join(Tenant, Tenant.id == Offer.tenant_id)
        .join(Candidate, sa.and_(Candidate.tenant_id == Offer.tenant_id, Candidate.id == Offer.candidate_id))
        .join(Job, sa.and_(Job.tenant_id == Offer.tenant_id, Job.id == Offer.job_id))
    )
    return db.session.execute(statement.where(Offer.id == offer.id)).one()
