"""Locales, for dates and numbers in the tenant's language."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError


def of(tag: str) -> Locale:
    """Return the locale of a tag such as de-CH, or English if unknown."""
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
