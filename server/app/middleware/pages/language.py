"""The language of a page: chosen by its visitor, asked for by the browser, or that of the tenant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC
from functools import partial
from itertools import groupby
from zoneinfo import ZoneInfo

from babel import Locale
from flask import request

from app.schemas.interviewer_availability_schema import SlotOut
from app.schemas.job_schema import PayRangeOut
from app.utils import languages, locales

CHOICE = "lang"  # the parameter of a visitor's choice
Texts = Callable[..., str]


def has_text(key: str) -> bool:
    return key in languages.texts("page_texts")


def chosen() -> str:
    """Return the language that the visitor has chosen, or an empty text."""
    choice = request.args.get(CHOICE, "")
    return choice if choice in languages.NAMES else ""


def of_request(tenant_locale: str = "en", own: str | None = None) -> str:
    """Return the language of the page; `own` is that in which its reader is written to."""
    # By the order of preference: Werkzeug would take an exact "en" rather than "de-AT", which is preferred.
    preferred = (tag.split("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    asked = next((each for each in preferred if each in languages.NAMES), None)
    return chosen() or own or asked or languages.of(tenant_locale)


def texts_in(language: str) -> Texts:
    """Return a function from a key and values to the text in this language."""
    return partial(languages.text, "page_texts", language)


def by_day(slots: Sequence[SlotOut], zone: str, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return slots by local day: the day in words, and for each slot its beginning in UTC and the time in words."""
    local, locale = ZoneInfo(zone), Locale(language)
    begins = [slot.starts_at.astimezone(local) for slot in slots]
    return [
        (locales.weekday(day, locale), [(at.astimezone(UTC).isoformat(), locales.time(at, locale)) for at in times])
        for day, times in groupby(begins, lambda at: at.date())
    ]


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
