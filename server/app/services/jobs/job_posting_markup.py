"""Machine-readable jobs: schema.org JobPosting as JSON-LD, an XML feed, RSS 2.0 and a sitemap."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree as Xml

import orjson
from markupsafe import Markup

from app.schemas.careers_schema import Company, Place, PublishedJob
from app.schemas.job_schema import PayRangeOut
from app.utils.markdown import to_html

# The values that job search engines accept for `unitText` and `employmentType`.
UNITS = {"hour": "HOUR", "day": "DAY", "week": "WEEK", "month": "MONTH", "year": "YEAR"}
EMPLOYMENT = {
    "full_time": "FULL_TIME",
    "part_time": "PART_TIME",
    "contract": "CONTRACTOR",
    "temporary": "TEMPORARY",
    "internship": "INTERN",
    "volunteer": "VOLUNTEER",
}
ATOM = "http://www.w3.org/2005/Atom"
Xml.register_namespace("atom", ATOM)  # otherwise ElementTree writes the prefix ns0
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
# Characters that XML 1.0 does not allow.
FORBIDDEN = {code: None for code in range(32) if code not in (9, 10, 13)} | {0xFFFE: None, 0xFFFF: None}


def script(data: Any) -> Markup:
    """Return a job's JSON-LD, safe inside an HTML script element."""
    text = orjson.dumps(linked_data(data.company, data.job)).decode()
    # A `</script>` in a title would end the element; to JSON, the escapes mean the same characters.
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def linked_data(company: Company, job: PublishedJob) -> dict[str, Any]:
    """Return a JobPosting (schema.org/JobPosting) without the properties that are not known."""
    organisation = {"@type": "Organization", "name": company.name, "sameAs": company.website, "logo": company.logo_url}
    found = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": job.title,
        "description": str(to_html(job.description or job.title)),  # search engines require one
        "identifier": {"@type": "PropertyValue", "name": company.name, "value": str(job.id)},
        "datePosted": job.published_at.date().isoformat(),
        "validThrough": job.expires_at.isoformat() if job.expires_at else None,
        "employmentType": EMPLOYMENT.get(job.employment_type or ""),
        "hiringOrganization": {key: value for key, value in organisation.items() if value},
        "jobLocation": _location(job),
        **(_remote(job.place) if job.workplace == "remote" and job.place else {}),
        "baseSalary": _salary(job.pay) if job.pay else None,
        "directApply": True,  # the page at `url` has the application form
        "url": job.url,
    }
    return {key: value for key, value in found.items() if value is not None}


def _location(job: PublishedJob) -> dict[str, Any] | None:
    """Return the place of work, with the full address if the job has a location of the tenant."""
    if job.place is None and not job.location:
        return None
    parts = {
        "streetAddress": job.place and job.place.street,
        "postalCode": job.place and job.place.postal_code,
        "addressLocality": job.place.city if job.place else job.location,
        "addressRegion": job.place and job.place.region,
        "addressCountry": job.place and job.place.country,
    }
    known = {name: part for name, part in parts.items() if part}
    return {"@type": "Place", "address": {"@type": "PostalAddress", **known}}


def _remote(place: Place) -> dict[str, Any]:
    """Return the properties of remote work. Job boards refuse TELECOMMUTE without the country of the applicants."""
    where = {"@type": "Country", "name": place.country}
    return {"jobLocationType": "TELECOMMUTE", "applicantLocationRequirements": where}


def pay_text(pay: PayRangeOut) -> str:
    """Return the pay range in words: "from", "up to", or both ends."""
    low, high = (f"{end:,.2f}".removesuffix(".00") if end is not None else None for end in (pay.min, pay.max))
    amount = f"{low} to {high}" if low and high else f"from {low}" if low else f"up to {high}"
    return f"{amount if low != high else low} {pay.currency} per {pay.period}"


def jobs_feed(company: Company, jobs: Iterable[PublishedJob]) -> str:
    """Return the XML feed for job boards: source, publisher and one `job` element per job."""
    # The element names are those of Indeed's XML feed, which other job boards read as well.
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
        _add(item, "city", job.place.city if job.place else job.location)
        _add(item, "state", job.place.region if job.place else None)
        _add(item, "country", job.place.country if job.place else None)
        _add(item, "postalcode", job.place.postal_code if job.place else None)
        _add(item, "category", job.department)
        _add(item, "jobtype", (job.employment_type or "").replace("_", " "))
        _add(item, "remotetype", job.workplace)
        _add(item, "salary", pay_text(job.pay) if job.pay else None)
        _add(item, "description", str(to_html(job.description or "")))
    return _text(root)


def rss(company: Company, jobs: Iterable[PublishedJob]) -> str:
    """Return the jobs as RSS 2.0."""
    root = Xml.Element("rss", version="2.0")
    channel = Xml.SubElement(root, "channel")
    _add(channel, "title", f"Jobs at {company.name}")
    _add(channel, "link", company.url)
    _add(channel, "description", f"Open positions at {company.name}")
    # Feed validators expect the feed's own URL, for which RSS 2.0 has no element.
    Xml.SubElement(channel, f"{{{ATOM}}}link", href=f"{company.url}/rss.xml", rel="self", type="application/rss+xml")
    for job in jobs:
        item = Xml.SubElement(channel, "item")
        _add(item, "title", job.title)
        _add(item, "link", job.url)
        Xml.SubElement(item, "guid", isPermaLink="true").text = job.url
        _add(item, "pubDate", format_datetime(job.published_at))
        _add(item, "category", job.department)
        _add(item, "description", str(to_html(job.description or job.title)))
    return _text(root)


def sitemap(company: Company, jobs: Iterable[PublishedJob]) -> str:
    """Return a sitemap of the careers page and its jobs (sitemaps.org)."""
    root = Xml.Element("urlset", xmlns=SITEMAP)
    _add(Xml.SubElement(root, "url"), "loc", company.url)
    for job in jobs:
        entry = Xml.SubElement(root, "url")
        _add(entry, "loc", job.url)
        _add(entry, "lastmod", _day(job.updated_at))
    return _text(root)


def _salary(pay: PayRangeOut) -> dict[str, Any]:
    ends = {"minValue": pay.min, "maxValue": pay.max}
    value = {key: float(end) for key, end in ends.items() if end is not None}  # orjson does not serialize Decimal
    unit = {"@type": "QuantitativeValue", **value, "unitText": UNITS[str(pay.period)]}
    return {"@type": "MonetaryAmount", "currency": pay.currency, "value": unit}


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _add(parent: Xml.Element, name: str, text: str | None) -> None:
    if text:
        Xml.SubElement(parent, name).text = text.translate(FORBIDDEN)


def _text(root: Xml.Element) -> str:
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(root, encoding="unicode")
