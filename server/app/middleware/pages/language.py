"""The language of a page: chosen by its visitor, asked for by the browser, or that of the tenant."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from flask import request

from app.schemas.job_schema import PayRangeOut
from app.utils import locales

NAMES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "pt": "Português",
    "it": "Italiano",
    "nl": "Nederlands",
    "pl": "Polski",
}
CHOICE = "lang"  # the parameter of a visitor's choice
Texts = Callable[..., str]


@cache
def _texts() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parents[2] / "data/page_texts.toml").read_text())
    return found


def has_text(key: str) -> bool:
    return key in _texts()


def chosen() -> str:
    """Return the language that the visitor has chosen, or an empty text."""
    choice = request.args.get(CHOICE, "")
    return choice if choice in NAMES else ""


def of_request(tenant_locale: str = "en") -> str:
    """Return the language of the page."""
    # By the order of preference: Werkzeug would take an exact "en" rather than "de-AT", which is preferred.
    preferred = (tag.split("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    asked = next((each for each in preferred if each in NAMES), None)
    usual = tenant_locale[:2].lower()
    return chosen() or asked or (usual if usual in NAMES else "en")


def texts_in(language: str) -> Texts:
    """Return a function from a key and values to the text in this language."""

    def text(key: str, **values: Any) -> str:
        return _texts()[key][language].format(**values)

    return text


def pay(range_: PayRangeOut, language: str) -> str:
    """Return a pay range in words, such as "€50,000 to €60,000 per year"."""
    text = texts_in(language)
    locale, ends = Locale(language), (range_.min, range_.max)
    low, high = (locales.money(end, range_.currency, locale) if end is not None else None for end in ends)
    if low and high:
        amount = low if low == high else text("range", low=low, high=high)
    else:
        amount = text("from_amount", low=low) if low else text("up_to_amount", high=high)
    return f"{amount} {text(f'per_{range_.period.value}')}"
