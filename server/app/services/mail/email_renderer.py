"""Emails from Jinja templates: a subject, a text part and an HTML part."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from app.utils.colors import ink_on, readable_on
from app.utils.text import fill

_environment = Environment(
    loader=PackageLoader("app", "templates/email"),
    autoescape=select_autoescape(["html"]),  # not in subject and text, where `&lt;` would be shown
    undefined=StrictUndefined,  # a missing value fails instead of sending a mail with a gap
    trim_blocks=True,
    lstrip_blocks=True,
)

TEMPLATES = tuple(sorted(name.removesuffix(".txt") for name in _environment.list_templates(["txt"])))
ACCENT = "#24292f"  # of tenants without a color
PLACEHOLDERS = ("name", "job")


def _fill(text: str, *values: str) -> str:
    """Replace {name} and {job} in a custom text of the tenant; everything else is left unchanged."""
    return fill(text, dict(zip(PLACEHOLDERS, values, strict=True)))


_environment.filters["fill"] = _fill


def render(template: str, context: dict[str, Any]) -> tuple[str, str, str]:
    """Return the subject, text and HTML of an email; the first line of the text template is the subject."""
    plain = _environment.get_template(f"{template}.txt").render(context)
    subject, _, text = plain.partition("\n")
    html = _environment.get_template(f"{template}.html").render({**_colors(context["brand"]["color"]), **context})
    # A line break in a name or job title would start another header.
    return " ".join(subject.split()), text.lstrip("\n"), html


def _colors(brand: str | None) -> dict[str, str]:
    """Return the colors of the HTML part: those of the tenant, as dark or light as it takes to read them."""
    accent = brand or ACCENT
    return {
        "accent": accent,
        "ink": ink_on(accent),
        "on_light": readable_on("#ffffff", accent),
        "on_dark": readable_on("#1b1f24", accent),
    }
