"""Rendering of pages: templates, their content security policy, and error pages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Response, current_app, request
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from app.services.jobs import job_posting_markup

# Allow only our stylesheet, images (the tenant's logo), and forms to this site.
CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: http:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HTML = "text/html; charset=utf-8"
TEMPLATES = Path(__file__).parents[2] / "templates" / "careers"
STYLE = (TEMPLATES / "style.css").read_text()

_environment = Environment(
    loader=PackageLoader("app", "templates/careers"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,  # a misspelled name fails instead of rendering as nothing
    trim_blocks=True,
    lstrip_blocks=True,
)


def _words(value: str) -> str:
    return value.replace("_", " ")


_environment.filters |= {
    "paragraphs": job_posting_markup.html_of,
    "pay": job_posting_markup.pay_text,
    "words": _words,
    "markup": job_posting_markup.script,
}


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Render the error page."""
    response = render("problem.html", status, detail=detail)
    response.headers.update(headers or {})
    return response


def render(template: str, status: int, **context: Any) -> Response:
    """Render a page. Templates get `base`, the path that forms post to, and `ref`, the token of the tracking link."""
    # If accepting an offer fails, its page is shown again at .../accept, and must post to the same paths.
    base = request.path.rstrip("/").removesuffix("/accept").removesuffix("/decline")
    megabytes = current_app.config["SETTINGS"].max_upload_bytes // 2**20
    usual = {
        "max_megabytes": megabytes,
        "errors": {},
        "typed": {},
        "query": request.args,
        "base": base,
        "ref": request.args.get("ref", "")[:20],
    }
    text = _environment.get_template(template).render({**usual, **context})
    headers = {"Content-Security-Policy": CSP, "Cache-Control": "no-store"}
    return Response(text, status, headers, content_type=HTML)
