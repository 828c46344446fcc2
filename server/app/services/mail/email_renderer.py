"""Mails from Jinja templates: a subject, a text part and an HTML part each."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from app.utils.text import fill

_environment = Environment(
    loader=PackageLoader("app", "templates/email"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

PLACEHOLDERS = ("name", "job")


def _fill(text: str, *values: str) -> str:
    """A text of the tenant's own with what stands for {name} and {job}; all else stays as it is written."""
    return fill(text, dict(zip(PLACEHOLDERS, values, strict=True)))


_environment.filters["fill"] = _fill


def render(template: str, context: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail; the first line of the text template is the subject."""
    plain = _environment.get_template(f"{template}.txt").render(context)
    subject, _, text = plain.partition("\n")
    html = _environment.get_template(f"{template}.html").render(context)
    return " ".join(subject.split()), text.lstrip("\n"), html
