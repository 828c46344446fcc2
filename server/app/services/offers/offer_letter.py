"""Offer letters: the terms of an offer, rendered with its template as PDF."""

from __future__ import annotations

import re
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from babel import Locale

from app.extensions import db
from app.models import Candidate, Job, Offer, OfferTemplate, Tenant
from app.services.core import child_process, rows
from app.services.core.child_process import ChildFailed
from app.services.core.transaction import end_read
from app.services.settings import tenant_branding_service
from app.utils import clock, languages, locales, pdf_letter
from app.utils.errors import Invalid
from app.utils.markdown import to_html
from app.utils.pdf_letter import Letterhead
from app.utils.text import fill

# Of tenants without a template; `{dear}` and the like are texts in the tenant's language.
BODY = """<p>{candidate}</p><p>{today}</p><h2>{title}</h2><p>{dear}</p><p>{pleased}</p>
<ul><li>{pay}</li><li>{start}</li><li>{employment}</li></ul><p>{conditions}</p><p>{until}</p><p>{regards}</p>
<p>{company}</p>"""
MOST_PARTS = 5  # lines of an address; the rest stays in one
CONDITIONS = re.compile(r"<p>\s*{conditions}\s*</p>")
TEXTS = ("dear", "pleased", "pay", "start", "employment", "until", "regards")


def draw(offer: Offer) -> bytes:
    """Render the letter as PDF; Invalid if it cannot be laid out."""
    names = _names(offer)
    language = languages.of(names.locale)
    values = {name: escape(_plain(value)) for name, value in _values(offer, names).items()}
    values["conditions"] = escape(_plain(offer.conditions or "")).replace("\n", "<br>")
    if offer.template_id:
        # Only the values are escaped: the template is HTML, cleaned when it was saved.
        body = _filled(rows.get(OfferTemplate, offer.template_id).body, values, offer)
    else:
        body = BODY if offer.expires_at else BODY.replace("<p>{until}</p>", "")
        texts = {key: languages.text("letter_texts", language, key, **values) for key in TEXTS}
        body = _filled(body, {**values, **texts}, offer)
    page_number = languages.texts("letter_texts")["page_number"][language]
    head = Letterhead(_plain(names.company), _lines(names), tenant_branding_service.logo(), language, page_number)
    title = f"{names.company}: {offer.title}"
    end_read()  # drawing is slow
    try:
        drawn: bytes = child_process.run(pdf_letter.draw, body, title, head)
        return drawn
    except ChildFailed as error:
        raise Invalid("The letter cannot be rendered with these terms.", code="bad_letter") from error


def _filled(body: str, values: dict[str, str], offer: Offer) -> str:
    """Fill in the values; where the conditions are a paragraph of their own, with their Markdown, as on the page.

    Amid other text or in a table, headings and lists have no place; there they stay plain text.
    """
    conditions = str(to_html(_plain(offer.conditions or "")))  # Markup would escape the parts that it joins
    return conditions.join(fill(part, values) for part in CONDITIONS.split(body, 1))  # once: they may be long


def _plain(value: str) -> str:
    """Replace the narrow blanks of dates and amounts, which the typeface lacks."""
    return value.replace("\u202f", "\u00a0")


def _values(offer: Offer, names: Any) -> dict[str, str]:
    """Return the values of the placeholders, in the tenant's language."""
    language, locale = languages.of(names.locale), languages.locale(names.locale)
    open_term = languages.text("letter_texts", language, "open")
    pay = locales.money(offer.pay_amount, offer.pay_currency, locale)
    period = languages.text("page_texts", language, f"per_{offer.pay_period}")
    return {
        "company": names.company,
        "candidate": names.candidate,
        "job": names.job,
        "title": offer.title,
        "today": _today(names, locale),
        "pay": f"{pay} {period}",
        "start_on": locales.day(offer.start_on, locale) if offer.start_on else open_term,
        "expires_at": locales.moment(offer.expires_at, names.time_zone, locale) if offer.expires_at else open_term,
        "employment_type": (
            languages.text("page_texts", language, offer.employment_type) if offer.employment_type else open_term
        ),
    }


def _today(names: Any, locale: Locale) -> str:
    return locales.day(clock.now().astimezone(ZoneInfo(names.time_zone)).date(), locale)


def _lines(names: Any) -> tuple[str, ...]:
    """Return what stands below the company's name: its address, one part per line, and how to reach it."""
    address = [part.strip() for part in (names.postal_address or "").split(",", MOST_PARTS)]
    return tuple(_plain(line) for line in (*address, names.contact_email, names.website) if line)


def _names(offer: Offer) -> Any:
    statement = (
        sa.select(
            Tenant.name.label("company"),
            Tenant.locale,
            Tenant.time_zone,
            Tenant.postal_address,
            Tenant.contact_email,
            Tenant.website,
            Candidate.name.label("candidate"),
            Job.title.label("job"),
        )
        .select_from(Offer)
        .join(Tenant, Tenant.id == Offer.tenant_id)
        .join(Candidate, sa.and_(Candidate.tenant_id == Offer.tenant_id, Candidate.id == Offer.candidate_id))
        .join(Job, sa.and_(Job.tenant_id == Offer.tenant_id, Job.id == Offer.job_id))
    )
    return db.session.execute(statement.where(Offer.id == offer.id)).one()
