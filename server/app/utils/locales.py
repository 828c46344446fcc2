"""Dates and amounts in the language of a tenant or a visitor: on pages, in mails and letters alike."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency


def of(tag: str) -> Locale:
    """Return the locale of a tag such as de-CH, or English if unknown."""
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def day(value: date, locale: Locale) -> str:
    """Return a day in words, such as "1 March 2027"."""
    return str(format_date(value, "long", locale))


def moment(value: datetime, zone: str, locale: Locale) -> str:
    """Return a time at a time zone to the minute, such as "1 March 2027, 14:30 (Europe/Berlin)"."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{day(local, locale)}, {time(local, locale)} ({zone})"


def time(value: datetime, locale: Locale) -> str:
    """Return the time of day of a local time, such as "14:30" or "2:30 PM"."""
    return str(format_time(value, "short", locale=locale))


def weekday(value: date, locale: Locale) -> str:
    """Return a day with its weekday, such as "Monday, 1 March 2027"."""
    return str(format_date(value, "full", locale))


def weekday_moment(value: datetime, locale: Locale) -> str:
    """Return a local time with its weekday, such as "Monday, 1 March 2027, 14:30"."""
    return f"{weekday(value, locale)}, {time(value, locale)}"


def money(amount: Decimal, currency: str, locale: Locale) -> str:
    """Return an amount with its currency; whole amounts have no decimals."""
    pattern = locale.currency_formats["standard"].pattern  # "¤#,##0.00" in English, "#,##0.00 ¤" in German
    is_whole = amount == amount.to_integral_value()
    shape = pattern.replace(".00", "") if is_whole else pattern
    return str(format_currency(amount, currency, format=shape, locale=locale, currency_digits=not is_whole))
