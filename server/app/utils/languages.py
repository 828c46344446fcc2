"""The languages of pages and emails, and which of them a locale gets."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale

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
FALLBACK = "en"
DATA = Path(__file__).parents[1] / "data"


def of(tag: str) -> str:
    """Return the language for a tag such as de-CH; English if we have no texts in its language."""
    language = tag[:2].lower() if tag[2:3] in ("", "-") else ""  # not Filipino (fil), which is not Finnish (fi)
    return language if language in NAMES else FALLBACK


def locale(tag: str) -> Locale:
    """Return the locale for dates and amounts amid our texts: never one of another language than theirs."""
    return locales.of(tag) if of(tag) == tag[:2].lower() else Locale(FALLBACK)


@cache
def texts(name: str) -> dict[str, Any]:
    """Return the contents of a file of texts in `app/data`."""
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))


def text(name: str, language: str, key: str, /, **values: Any) -> str:
    """Return a text of a file that holds its texts by key and language."""
    found: str = texts(name)[key][language]
    return found.format(**values)
