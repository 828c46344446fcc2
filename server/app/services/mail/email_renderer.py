"""Emails in the language of the tenant: a subject, a text part and an HTML part, from `app/data/mail_texts`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from babel.dates import format_timedelta
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

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
MESSAGE = "message"  # a user wrote it to a candidate; its values are filled in
NO_TEMPLATES = {"lines", "parts", "reasons"}  # "lines" says each kind of notification in a few words
TEMPLATES = tuple(sorted(languages.texts("mail_texts/en").keys() - NO_TEMPLATES | {CUSTOM, MESSAGE}))
PLACEHOLDER = re.compile(r"{(\w+)}")
ACCENT = "#24292f"  # of tenants without a color
IN_UNIT = 1000  # babel's threshold: "72 hours", not "3 days"
IN_DAYS = 96  # hours from which a whole number of days is said in days
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
    "candidate_invitation": "form",
    "candidate_invitation_changes": "form",
    "candidate_invitation_received": "form_sent",
    "candidate_invitation_reminder": "form",
    "candidate_sign_in": "door",
    "interview_booking": "booking",
    "feedback_asked": "panel",
    "offer_accepted": "signature",
    MESSAGE: "message",
}


@dataclass(frozen=True, slots=True)
class OwnText:
    """The text of a tenant for a kind of email, with the greeting; `html` is safe, and NULL for the text itself."""

    subject: str
    text: str
    html: str | None = None
    button: str | None = None


def render(template: str, context: Mapping[str, Any], own: OwnText | None = None) -> tuple[str, str, str]:
    """Return the subject, text and HTML of an email; KeyError if the context lacks a value of the template.

    `own` replaces the shipped text. `context["brand"]` is that of the tenant, with its locale; `context["locale"]`, if
    there is one, is that in which parts of the context are written already.
    """
    brand = context["brand"]
    locale = context.get("locale") or brand["locale"]
    texts = _texts(locale)
    if template == MESSAGE:
        mail = filled(OwnText(context["subject"], context["text"], context.get("html")), None)
    elif own is not None:
        mail = filled(own, {**values_of(context, locale), "company": brand["name"]})
    else:
        mail = _shipped(template, context, texts, locale)
    if context.get("is_changed"):
        mail["subject"] = texts["parts"]["changed"].format(subject=mail["subject"])
    return compose(template, mail, brand, locale, _link(context))


def _shipped(template: str, context: Mapping[str, Any], texts: Mapping[str, Any], locale: str) -> dict[str, Any]:
    values = {**values_of(context, locale), "company": context["brand"]["name"]}
    if template == CUSTOM:
        return _custom(context)
    mail = _filled(_chosen(texts[template], context), values)
    mail["paragraphs"].insert(0, texts["parts"]["greeting"].format(**values))
    return mail


def compose(
    template: str, mail: dict[str, Any], brand: Mapping[str, Any], locale: str, link: str | None
) -> tuple[str, str, str]:
    """Return the subject, text and HTML of an email with the look of the tenant, and at its foot why it was sent."""
    texts = _texts(locale)
    shown = {**mail, "link": link if mail["button"] else None}
    html = _environment.get_template("mail.html").render(
        **shown,
        **_colors(brand["color"]),
        brand=brand,
        language=languages.of(locale),
        open_address=texts["parts"]["open_address"],
        reason=texts["reasons"][REASONS[template]].format(company=brand["name"]),
    )
    # A line break in a name or job title would start another header.
    return " ".join(mail["subject"].split()), _plain(shown, brand), html


def shipped_text(template: str, outcome: str | None, language: str) -> OwnText:
    """Return the shipped text of a kind of email as a tenant would write it, with the greeting."""
    texts = languages.texts(f"mail_texts/{language}")
    entry = texts[template] if outcome is None else texts[template][outcome]
    text = f"{texts['parts']['greeting']}\n\n{entry['text'].strip()}"
    return OwnText(entry["subject"], text, None, entry.get("button"))


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


def filled(own: OwnText, values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the text of a tenant with its values; without values, it is filled in already.

    KeyError if one is missing, so that no half-filled email is sent.
    """
    paragraphs = [part for part in own.text.strip().split("\n\n") if not _lacks(part, values or {})]
    safe = None if values is None else {name: escape(value) for name, value in values.items()}
    return {
        "subject": put(own.subject, values),
        "paragraphs": [line for part in paragraphs for line in put(part, values).split("\n\n")],
        # Cleaned when it was saved, its values escaped here.
        "body": Markup(put(own.html, safe)) if own.html else None,
        "button": own.button,
    }


def _lacks(paragraph: str, values: Mapping[str, Any]) -> bool:
    return any(values.get(name, "") is None for name in PLACEHOLDER.findall(paragraph))


def put(text: str, values: Mapping[str, Any] | None) -> str:
    """Replace the placeholders. Not `format`: a text of a tenant must not reach into values, as in {name.__class__}."""
    return text if values is None else PLACEHOLDER.sub(lambda found: str(values[found[1]]), text)


def _custom(context: Mapping[str, Any]) -> dict[str, Any]:
    """Replace {name} and {job} in a text of the tenant; everything else is left unchanged."""
    known = {name: context[name] for name in ("name", "job")}
    paragraphs = fill(context["text"], known).split("\n\n")
    return {"subject": fill(context["subject"], known), "paragraphs": paragraphs, "button": None}


def values_of(context: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """Return the values of the placeholders in the language of the email."""
    texts = _texts(locale)
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
        values["hours"] = _life(context["hours"], locale)
    return values


def _life(hours: int, locale: str) -> str:
    """Return for how long a link is valid: "36 hours", "7 days"."""
    unit: Literal["day", "hour"] = "day" if hours >= IN_DAYS and hours % 24 == 0 else "hour"
    return format_timedelta(timedelta(hours=hours), unit, IN_UNIT, locale=languages.locale(locale))


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
