"""How pages look: templates, their own content security policy, and errors in plain words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response, request
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from app.utils import job_posting_markup
from app.utils.errors import DomainError

# Only the style of the page itself, pictures of the tenant's logo, and forms to ourselves.
CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: http:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HTML = "text/html; charset=utf-8"
TEMPLATES = Path(__file__).parents[1] / "templates" / "careers"
STYLE = (TEMPLATES / "style.css").read_text()

_environment = Environment(
    loader=PackageLoader("app", "templates/careers"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _paragraphs(text: str) -> Markup:
    """Plain text as paragraphs and line breaks."""
    parts = [Markup("<br>").join(part.split("\n")) for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in parts)


def _words(value: str) -> str:
    return value.replace("_", " ")


_environment.filters |= {"paragraphs": _paragraphs, "words": _words, "markup": job_posting_markup.script}


def problem(error: DomainError) -> Response:
    response = render("problem.html", error.status, detail=error.detail)
    response.headers.update(error.headers)
    return response


def render(template: str, status: int, **context: Any) -> Response:
    base = request.path.removesuffix("/accept").removesuffix("/decline")
    text = _environment.get_template(template).render({**context, "base": base})
    headers = {"Content-Security-Policy": CSP, "Cache-Control": "no-store"}
    return Response(text, status, headers, content_type=HTML)
