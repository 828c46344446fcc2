"""A job as machines read it: schema.org JobPosting as JSON-LD, an XML feed, RSS 2.0 and a sitemap."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any
from xml.etree import ElementTree as Xml

import orjson
from markupsafe import Markup

UNITS = {"hour": "HOUR", "day": "DAY", "month": "MONTH", "year": "YEAR"}
EMPLOYMENT = {
    "full_time": "FULL_TIME",
    "part_time": "PART_TIME",
    "contract": "CONTRACTOR",
    "temporary": "TEMPORARY",
    "internship": "INTERN",
    "volunteer": "VOLUNTEER",
}
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
# What XML 1.0 cannot hold.
FORBIDDEN = {code: None for code in range(32) if code not in (9, 10, 13)} | {0xFFFE: None, 0xFFFF: None}


def script(data: Any) -> Markup:
    """The JSON-LD of a page's job, safe within a script element of HTML."""
    text = orjson.dumps(linked_data(data.company, data.job)).decode()
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def linked_data(company: Any, job: Any) -> dict[str, Any]:
    """A JobPosting (schema.org/JobPosting); what is not known is left out."""
    organisation = {"@type": "Organization", "name": company.name, "sameAs": company.website, "logo": company.logo_url}
    place = {"@type": "PostalAddress", "addressLocality": job.location}
    found = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": job.title,
        "description": html_of(job.description or job.title),
        "identifier": {"@type": "PropertyValue", "name": company.name, "value": str(job.id)},
        "datePosted": job.published_at.date().isoformat(),
        "validThrough": job.expires_at.isoformat() if job.expires_at else None,
        "employmentType": EMPLOYMENT.get(job.employment_type or ""),
        "hiringOrganization": {key: value for key, value in organisation.items() if value},
        "jobLocation": {"@type": "Place", "address": place} if job.location else None,
        "jobLocationType": "TELECOMMUTE" if job.workplace == "remote" else None,
        "baseSalary": _salary(job.pay) if job.pay else None,
        "directApply": True,
        "url": job.url,
    }
    return {key: value for key, value in found.items() if value is not None}


def html_of(text: str) -> str:
    """Plain text as paragraphs."""
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part.strip())


def jobs_feed(company: Any, jobs: Iterable[Any]) -> str:
    """The jobs for job boards: source, publisher and one `job` each, as their XML feeds have it."""
    root = Xml.Element("source")
    _add(root, "publisher", company.name)
    _add(root, "publisherurl", company.url)
    for job in jobs:
        item = Xml.SubElement(root, "job")
        _add(item, "title", job.title)
        _add(item, "date", format_datetime(job.published_at))
        _add(item, "referencenumber", str(job.id))
        _add(item, "url", job.url)
        _add(item, "company", company.name)
        _add(item, "city", job.location)
        _add(item, "category", job.department)
        _add(item, "jobtype", (job.employment_type or "").replace("_", " "))
        _add(item, "remotetype", job.workplace)
        _add(item, "salary", _pay_text(job.pay) if job.pay else None)
        _add(item, "description", job.description)
    return _text(root)


def rss(company: Any, jobs: Iterable[Any]) -> str:
    """The jobs as RSS 2.0."""
    root = Xml.Element("rss", version="2.0")
    channel = Xml.SubElement(root, "channel")
    _add(channel, "title", f"Jobs at {company.name}")
    _add(channel, "link", company.url)
    _add(channel, "description", f"Open positions at {company.name}")
    for job in jobs:
        item = Xml.SubElement(channel, "item")
        _add(item, "title", job.title)
        _add(item, "link", job.url)
        Xml.SubElement(item, "guid", isPermaLink="true").text = job.url
        _add(item, "pubDate", format_datetime(job.published_at))
        _add(item, "category", job.department)
        _add(item, "description", job.description or job.title)
    return _text(root)


def sitemap(company: Any, jobs: Iterable[Any]) -> str:
    """The addresses of the page and its jobs (sitemaps.org)."""
    root = Xml.Element("urlset", xmlns=SITEMAP)
    _add(Xml.SubElement(root, "url"), "loc", company.url)
    for job in jobs:
        entry = Xml.SubElement(root, "url")
        _add(entry, "loc", job.url)
        _add(entry, "lastmod", _day(job.updated_at))
    return _text(root)


def _salary(pay: Any) -> dict[str, Any]:
    ends = {"minValue": pay.min, "maxValue": pay.max}
    value = {key: float(end) for key, end in ends.items() if end is not None}
    unit = {"@type": "QuantitativeValue", **value, "unitText": UNITS[str(pay.period)]}
    return {"@type": "MonetaryAmount", "currency": pay.currency, "value": unit}


def _pay_text(pay: Any) -> str:
    return f"{' - '.join(str(end) for end in (pay.min, pay.max) if end is not None)} {pay.currency} per {pay.period}"


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _add(parent: Xml.Element, name: str, text: str | None) -> None:
    if text:
        Xml.SubElement(parent, name).text = text.translate(FORBIDDEN)


def _text(root: Xml.Element) -> str:
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(root, encoding="unicode")
