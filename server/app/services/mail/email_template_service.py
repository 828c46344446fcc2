"""Email templates: the tenant's own texts, checked when they are saved, with their history."""

from __future__ import annotations

import re
from typing import Any

import nh3
import sqlalchemy as sa

from app.extensions import db
from app.models import EmailTemplate, Tenant
from app.schemas.email_template_schema import (
    EmailTemplateItem,
    EmailTemplateOut,
    EmailTemplateQuery,
    EmailTemplateVersionOut,
    EmailTexts,
)
from app.schemas.lists import Page
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.mail import email_kinds
from app.services.mail.email_kinds import OPTIONAL, EmailKind
from app.services.mail.email_renderer import PLACEHOLDER, OwnText, shipped_text
from app.utils import languages, scope
from app.utils.errors import Conflict, Invalid, NotFound, PreconditionFailed

MAX_OWN_KINDS = 200
MAX_VERSIONS = 200  # of one kind in one language
TAGS = (
    "p br strong b em i u s a ul ol li h1 h2 h3 h4 blockquote hr table thead tbody tr th td img span div code pre"
).split()
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "*": {"align", "dir", "lang"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
IN_TAG = re.compile(r"<[^>]*\{\w+\}[^>]*>")
SCHEMES = {"http", "https", "mailto", "tel"}
FIELDS = ("subject", "text", "html", "button")


def list_templates(query: EmailTemplateQuery) -> Page[EmailTemplateItem]:
    """Return the kinds of emails, shipped ones and the tenant's own, by name."""
    language, rows_now = tenant_language(), _current()
    own = _own_kinds(rows_now)
    current = {row.kind: row for row in rows_now if row.language == language}
    items = []
    for name in sorted({*email_kinds.shipped(), *own}):
        kind = kind_of(name, language)
        if query.audience not in (None, kind.audience) or query.is_own not in (None, name in own):
            continue
        if query.kind is None or name in query.kind:
            texts = current.get(name) or _default(kind, language)
            items.append(_item(kind, texts.subject if texts else "", sorted(own.get(name, ()))))
    return listing.single_page(items)


def get(name: str, language: str) -> EmailTemplateOut:
    """Return the text that is sent; NotFound if there is neither an own nor a shipped one."""
    kind = kind_of(name, language)
    row = _present(name, language)
    texts: Any = row or _default(kind, language)
    if texts is None:
        raise NotFound("There is no such email template.")
    return EmailTemplateOut(
        kind=name,
        language=language,
        audience=kind.audience,
        **{field: getattr(texts, field) for field in FIELDS},
        is_own=row is not None,
        variables=list(kind.variables),
        required=list(kind.required),
        optional=sorted(OPTIONAL & set(kind.variables)),
        version=_last_version(name, language),
    )


def versions(name: str, language: str) -> Page[EmailTemplateVersionOut]:
    """Return all texts that the tenant wrote, latest first."""
    kind_of(name, language)
    return listing.single_page(db.session.scalars(_of(name, language).order_by(EmailTemplate.version.desc())))


@use_case
def save(name: str, language: str, texts: EmailTexts, if_match: int | None) -> EmailTemplateOut:
    """Save a text as a new version; Invalid if a variable or the button is unknown or missing."""
    kind = kind_of(name, language)
    cleaned = checked(kind, texts)
    rows.lock_row(Tenant, scope.tenant_id())  # two saves would take the same version
    before, last = _present(name, language), _last_version(name, language)
    if if_match is not None and if_match != last:
        raise PreconditionFailed("The template has changed. Reload it and try again.", current_version=last)
    if last >= MAX_VERSIONS:
        raise Conflict(f"A template can have {MAX_VERSIONS} versions at most.", code="too_many_versions")
    if (
        name not in email_kinds.shipped()
        and not last
        and len(_own_kinds(_current()).keys() - email_kinds.shipped()) >= MAX_OWN_KINDS
    ):
        raise Conflict(f"A tenant can have {MAX_OWN_KINDS} templates of its own at most.", code="too_many_templates")
    if before is not None:
        before.is_current = False
        db.session.flush()  # before the new one: one is current
    row = EmailTemplate(kind=name, language=language, version=last + 1, author_id=scope.user_id(), is_current=True)
    for field in FIELDS:
        setattr(row, field, getattr(cleaned, field))
    db.session.add(row)
    db.session.flush()  # the event needs the id
    event_service.record("email_template.saved", row, kind=name, language=language, version=row.version)
    return get(name, language)


def restore(name: str, language: str, version: int, if_match: int | None) -> EmailTemplateOut:
    """Save an earlier text again; NotFound if there is no such version."""
    found = db.session.scalars(_of(name, language).where(EmailTemplate.version == version)).one_or_none()
    if found is None:
        raise NotFound("There is no such version of this template.")
    texts = EmailTexts.model_validate({field: getattr(found, field) for field in FIELDS})
    return save(name, language, texts, if_match)


@use_case
def reset(name: str, language: str) -> None:
    """Send the shipped text again, or none for a kind of the tenant; the versions stay."""
    kind_of(name, language)
    row = _present(name, language)
    if row is not None:
        row.is_current = False
        event_service.record("email_template.reset", row, kind=name, language=language)


def own_text(template: str, status: str | None, locale: str) -> OwnText | None:
    """Return the tenant's text for an email, or None if the shipped one is sent."""
    name = email_kinds.name_of(template, status)
    return text_of(name, locale) if name in email_kinds.shipped() else None  # a message has its text


def text_of(name: str, locale: str) -> OwnText | None:
    """Return the tenant's text of a kind in this language; for its own templates, else in another language."""
    row = _present(name, languages.of(locale))
    if row is None and name not in email_kinds.shipped():
        present = sa.select(EmailTemplate).where(EmailTemplate.kind == name, EmailTemplate.is_current)
        row = db.session.scalars(present.order_by(EmailTemplate.language).limit(1)).one_or_none()
    return None if row is None else OwnText(row.subject, row.text, row.html, row.button)


def exists(name: str) -> bool:
    """Return whether this is one of the tenant's own templates."""
    present = sa.select(EmailTemplate.id).where(EmailTemplate.kind == name, EmailTemplate.is_current)
    return email_kinds.OWN.match(name) is not None and db.session.scalar(present.limit(1)) is not None


def checked(kind: EmailKind, texts: EmailTexts) -> OwnText:
    """Return the texts with clean HTML; Invalid unless they fit the kind."""
    html = None if texts.html is None else _clean(texts.html)
    parts = {"subject": texts.subject, "text": texts.text, "html": html or ""}
    errors = []
    for field, part in parts.items():
        named = set(PLACEHOLDER.findall(part))
        errors += [
            _error(field, "unknown_variable", f"has the unknown variable {{{each}}}")
            for each in sorted(named - set(kind.variables))
        ]
        if field != "text":
            errors += [
                _error(field, "optional_variable", f"must not use {{{each}}}, which some emails do not have")
                for each in sorted(named & OPTIONAL)
            ]
        if field == "text" or (field == "html" and html):
            errors += [
                _error(field, "missing_variable", f"must contain {{{each}}}")
                for each in kind.required
                if each not in named
            ]
    if html and IN_TAG.search(html):  # a value in a link could be a script
        errors.append(_error("html", "variable_in_tag", "must not have variables within a tag"))
    if kind.has_button != bool(texts.button):
        wanted = "is required: the email has a link" if kind.has_button else "is not shown in this kind of email"
        errors.append(_error("button", "bad_button", wanted))
    if errors:
        raise Invalid("The template does not fit its kind of email.", code="bad_template", errors=errors)
    return OwnText(texts.subject, texts.text, html, texts.button)


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
        clean_content_tags={"script", "style"},
    ).strip()


def _error(field: str, code: str, detail: str) -> dict[str, str]:
    return {"pointer": f"/{field}", "code": code, "detail": detail}


def kind_of(name: str, language: str) -> EmailKind:
    """Return the kind of this name; NotFound if there is none, or not in this language."""
    kind = email_kinds.find(name)
    if kind is None or language not in languages.NAMES:
        raise NotFound("There is no such email template. Names of your own begin with `own.`, languages are like `en`.")
    return kind


def _of(name: str, language: str) -> sa.Select[Any]:
    return sa.select(EmailTemplate).where(EmailTemplate.kind == name, EmailTemplate.language == language)


def _present(name: str, language: str) -> EmailTemplate | None:
    found: EmailTemplate | None = db.session.scalars(_of(name, language).where(EmailTemplate.is_current)).one_or_none()
    return found


def _last_version(name: str, language: str) -> int:
    of_these = (EmailTemplate.kind == name, EmailTemplate.language == language)
    return db.session.scalar(sa.select(sa.func.max(EmailTemplate.version)).where(*of_these)) or 0


def _current() -> list[Any]:
    columns = (EmailTemplate.kind, EmailTemplate.language, EmailTemplate.subject)
    return list(db.session.execute(sa.select(*columns).where(EmailTemplate.is_current)))


def _own_kinds(current: list[Any]) -> dict[str, list[str]]:
    """Return the languages of the tenant's own texts, by kind."""
    found: dict[str, list[str]] = {}
    for row in current:
        found.setdefault(row.kind, []).append(row.language)
    return found


def _default(kind: EmailKind, language: str) -> OwnText | None:
    return shipped_text(kind.template, kind.outcome, language) if kind.template else None


def tenant_language() -> str:
    """Return the language of the bound tenant's emails."""
    return languages.of(db.session.scalars(sa.select(Tenant.locale).where(Tenant.id == scope.tenant_id())).one())


def _item(kind: EmailKind, subject: str, own_languages: list[str]) -> EmailTemplateItem:
    return EmailTemplateItem(
        kind=kind.name,
        audience=kind.audience,
        subject=subject,
        own_languages=own_languages,
        variables=list(kind.variables),
    )
