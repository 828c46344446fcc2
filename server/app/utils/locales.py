"""The language that a tenant's dates and numbers are written in."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError


def of(tag: str) -> Locale:
    """The locale of a tag like de-CH; English where nobody knows it."""
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
