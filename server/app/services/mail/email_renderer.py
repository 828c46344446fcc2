"""Emails in the language of the tenant: a subject, a text part and an HTML part, from `app/data/mail_texts`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from babel.dates import format_timedelta
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from app.utils import languages
from app.utils.addresses import absolute
from app.utils.colors import ink_on, readable_on
from app.utils.text import fill

_environment = Environment(
    loader=PackageLoader("app", "templates/email"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,  # a missing value fails instead of sending a mail with a gap
    trim_blocks=True,
    lstrip_blocks=True,
)

CUSTOM = "stage_note"  # its subject and text are those that a tenant wrote for a stage
NO_TEMPLATES = {"lines", "parts", "reasons"}  # "lines" says each kind of notification in a few words
TEMPLATES = tuple(sorted(languages.texts("mail_texts/en").keys() - NO_TEMPLATES | {CUSTOM}))
PLACEHOLDER = re.compile(r"{(\w+)}")
ACCENT = "#24292f"  # of tenants without a color
IN_HOURS = 1000  # babel's threshold: "168 hours", not "7 days"
ACCOUNT = ("invitation", "new_sign_in", "password_changed", "password_reset", "user_added", "verify_email", "welcome")
INTERVIEW = ("interview_cancelled", "interview_invitation", "interview_reminder")
APPLICATION = ("application_moved", "application_received", "offer_sent", CUSTOM)
OUTCOME = (
    "application_hired",
    "application_rejected",
    "offer_replaced",
    "offer_rescinded",
)  # there is nothing to withdraw any more
# Kinds of notifications with an email of their own; the others have a line of `notification`.
NOTIFICATION = (
    "application_news",
    "approval_asked",
    "approval_decided",
    "new_sign_in",
    "note_mention",
    "offer_decided",
    "retention_notice",
    "search_alert",
    "tasks_due",
    "work_reassigned",
)
# Why a person gets an email.
REASONS = {
    **dict.fromkeys(APPLICATION, "application"),
    **dict.fromkeys(OUTCOME, "outcome"),
    **dict.fromkeys((*NOTIFICATION, "notification", "notification_digest"), "notification"),
    **dict.fromkeys(ACCOUNT, "account"),
    **dict.fromkeys(INTERVIEW, "interview"),
    "feedback_asked": "panel",
    "offer_accepted": "signature",
}


def render(template: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the subject, text and HTML of an email; KeyError if the context lacks a value of the template.

    `context["brand"]` is that of the tenant, with its locale; `context["locale"]`, if there is one, is that in which
    parts of the context are written already.
    """
    brand = context["brand"]
    locale = context.get("locale") or brand["locale"]
    texts = _texts(locale)
    values = _values(context, texts, locale)
    mail = _custom(context) if template == CUSTOM else _filled(_chosen(texts[template], context), values)
    if context.get("is_changed"):
        mail["subject"] = texts["parts"]["changed"].format(subject=mail["subject"])
    if template != CUSTOM:
        mail["paragraphs"].insert(0, texts["parts"]["greeting"].format(**values))
    mail["link"] = _link(context) if mail["button"] else None
    html = _environment.get_template("mail.html").render(
        **mail,
        **_colors(brand["color"]),
        brand=brand,
        language=languages.of(locale),
        open_address=texts["parts"]["open_address"],
        reason=texts["reasons"][REASONS[template]].format(company=brand["name"]),
    )
    # A line break in a name or job title would start another header.
    return " ".join(mail["subject"].split()), _plain(mail, brand), html


def phrase(locale: str, key: str, **values: Any) -> str:
    """Return a part of an email that is written when it is queued, such as the title of a meeting."""
    text: str = _texts(locale)["parts"][key]
    return text.format(**values)


def _texts(locale: str) -> dict[str, Any]:
    return languages.texts(f"mail_texts/{languages.of(locale)}")


def _chosen(entry: dict[str, Any], context: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of a template; some have those of several outcomes."""
    found: dict[str, str] = entry if "subject" in entry else entry[context["status"]]
    return found


def _filled(entry: dict[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    paragraphs = (
        line
        for paragraph in entry["text"].strip().split("\n\n")
        if all(values[name] is not None for name in PLACEHOLDER.findall(paragraph))
        for line in paragraph.format(**values).split("\n\n")
    )
    return {
        "subject": entry["subject"].format(**values),
        "paragraphs": list(paragraphs),
        "button": entry.get("button"),
    }


def _custom(context: Mapping[str, Any]) -> dict[str, Any]:
    """Replace {name} and {job} in a text of the tenant; everything else is left unchanged."""
    known = {name: context[name] for name in ("name", "job")}
    paragraphs = fill(context["text"], known).split("\n\n")
    return {"subject": fill(context["subject"], known), "paragraphs": paragraphs, "button": None}


def _values(context: Mapping[str, Any], texts: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """Return the values of the placeholders in the language of the email."""
    values, parts, lines = dict(context), texts["parts"], texts["lines"]
    for name, value in context.items():
        if value is None and f"no_{name}" in parts:
            values[name] = parts[f"no_{name}"]
    if "approval_of" in context:
        values["title"] = parts[f"approval_of_{context['approval_of']}"].format(title=context["title"])
    if "stage" in context:  # an earlier version queued the stage's own name
        usual = parts.get(f"stage_{context['stage']}", context["stage"])
        values["stage"] = context.get("public_name") or usual
    if "job" in context:  # and interviews without what they are about
        values.setdefault("about", parts["about_candidate"].format(job=context["job"]))
    if "line" in context:
        values["line"] = lines[context["line"]]
    if "kinds" in context:
        counted = ((lines[kind], count) for kind, count in context["kinds"].items())
        values["lines"] = "\n\n".join(f"• {line}" + (f" ({count})" if count > 1 else "") for line, count in counted)
    if "hours" in context:
        life = timedelta(hours=context["hours"])
        values["hours"] = format_timedelta(life, "hour", IN_HOURS, locale=languages.locale(locale))
    return values


def _link(context: Mapping[str, Any]) -> str | None:
    """Return the address that the button opens."""
    link: str | None = context.get("link") or context.get("meeting_url")
    return link and absolute(link)


def _plain(mail: Mapping[str, Any], brand: Mapping[str, Any]) -> str:
    link = [f"{mail['button']}: {mail['link']}"] if mail["link"] else []
    sender = "\n".join(line for line in (brand["name"], brand.get("postal_address")) if line)
    return "\n\n".join([*mail["paragraphs"], *link, sender]) + "\n"


def _colors(brand: str | None) -> dict[str, str]:
    """Return the colors of the HTML part: those of the tenant, as dark or light as it takes to read them."""
    accent = brand or ACCENT
    return {
        "accent": accent,
        "ink": ink_on(accent),
        "on_light": readable_on("#ffffff", accent),
        "on_dark": readable_on("#1b1f24", accent),
    }
