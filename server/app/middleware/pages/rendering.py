"""Rendering of pages: templates, their language and colors, their content security policy, and error pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel import Locale
from flask import Response, request
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from app.middleware.pages import forms, language
from app.schemas.careers_schema import Sender
from app.services.jobs import job_posting_markup
from app.utils import languages, locales
from app.utils.addresses import absolute
from app.utils.colors import ink_on, readable_on
from app.utils.markdown import to_html

# Allow only our stylesheets, images (the tenant's logo), and forms to this site.
CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: http:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HTML = "text/html; charset=utf-8"
TEMPLATES = Path(__file__).parents[2] / "templates" / "careers"
STYLE, ICON = ((TEMPLATES / name).read_text() for name in ("style.css", "favicon.svg"))
LIGHT, DARK = "#f6f8fa", "#1b1f24"  # the backgrounds in style.css on which the contrast of text is least
CARRIED = ("ref", language.CHOICE)  # parameters that links and forms keep
FILTERS = ("q", "location", "department", "workplace", "employment_type")
FILTER = 200  # characters of a filter that links repeat
LONGEST_PATH = 1_000
SHORT = 160  # characters of a description in search results

environment = Environment(
    loader=PackageLoader("app", "templates/careers"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,  # a misspelled name fails instead of rendering as nothing
    trim_blocks=True,
    lstrip_blocks=True,
)


def _summary_of(job: Any) -> str:
    """Return the beginning of a description without its marks, for search engines."""
    html = to_html(job.description or job.title).replace("><", "> <")
    text = " ".join(Markup(html).striptags().split())
    return text if len(text) <= SHORT else f"{text[:SHORT].rsplit(' ', 1)[0]} …"


environment.filters |= {
    "markdown": to_html,
    "markup": job_posting_markup.script,
    "absolute": absolute,
    "summary_of": _summary_of,
}


def theme(color: str | None) -> str:
    """Return the style sheet with the colors of a tenant, as dark or light as it takes to read them."""
    if color is None:
        return ":root { }"
    light, dark = readable_on(LIGHT, color), readable_on(DARK, color)
    names = {"brand": color, "brand-ink": ink_on(color), "brand-on-light": light, "brand-on-dark": dark}
    return ":root { " + " ".join(f"--{name}: {value};" for name, value in names.items()) + " }"


def problem(status: int, code: str, headers: Mapping[str, str] | None = None) -> Response:
    """Render the error page, in the visitor's language."""
    key = f"problem_{code}"
    response = render("problem.html", status, key=key if language.has_text(key) else "problem_other")
    response.headers.update(headers or {})
    return response


def render(template: str, status: int, **context: Any) -> Response:
    """Render a page in the visitor's language. `data` is what the view returned."""
    data = context.get("data")
    company, lang = _company_of(data), language_of(data)
    usual = {
        "data": None,
        "company": company,
        "sender": company or (data if isinstance(data, Sender) else None),
        "slug": getattr(company or data, "slug", None),
        "max_megabytes": forms.max_megabytes(),
        "errors": {},
        "kept": None,
        "had_file": False,
        "typed": {},
        "query": request.args,
        "is_filtered": any(request.args.get(name) for name in FILTERS),
        "base": forms.base_path(),
        "ref": request.args.get("ref", "")[: forms.MAX_REF],
        **_in(lang),
    }
    text = environment.get_template(template).render({**usual, **context})
    headers = {"Content-Security-Policy": CSP, "Cache-Control": "no-store", "Content-Language": lang}
    return Response(text, status, {**headers, "Vary": "Accept, Accept-Language"}, content_type=HTML)


def language_of(data: Any) -> str:
    """Return the language of a page that shows what a view returned."""
    return language.of_request(getattr(_company_of(data) or data, "locale", "en"), getattr(data, "language", None))


def _company_of(data: Any) -> Any:
    company = getattr(data, "company", None)
    return None if isinstance(company, str) else company  # offers and applications have its name alone


def _in(lang: str) -> dict[str, Any]:
    """Return what templates need for a language: texts, formats, and links that keep the choice of the visitor."""
    locale = Locale(lang)
    return {
        "lang": lang,
        "languages": languages.NAMES,
        "chosen": language.chosen(),
        "can_choose": request.method == "GET" and len(request.path) < LONGEST_PATH,  # eight links repeat it
        "t": language.texts_in(lang),
        "day": partial(locales.day, locale=locale),
        "money": partial(locales.money, locale=locale),
        "moment": partial(locales.moment, locale=locale),
        "pay": partial(language.pay, language=lang),
        "link": link,
        "by_day": partial(language.by_day, language=lang),
        "later": lambda after: _here(after=after),
        "in_language": lambda code: _here(**{language.CHOICE: code}),
        "at_page": lambda number: _here(page=number),
    }


def link(url: str) -> str:
    """Return a URL with the parameters that links keep."""
    given = {name: request.args[name] for name in CARRIED if request.args.get(name) and f"{name}=" not in url}
    kept = {name: value[: forms.MAX_REF] for name, value in given.items()}
    return f"{url}{'&' if '?' in url else '?'}{urlencode(kept)}" if kept else url


def _here(**changed: Any) -> str:
    """Return this page with its filters and other values of these parameters."""
    kept = {name: request.args[name][:FILTER] for name in (*FILTERS, *CARRIED) if request.args.get(name)}
    return f"{request.path}?{urlencode({**kept, **changed})}"
