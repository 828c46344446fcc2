"""Telephone numbers in one form."""

from __future__ import annotations

import phonenumbers


def normal_phone(value: str, region: str | None = None) -> str | None:
    """E.164 of a valid number, with `;ext=` and the extension where there is one (RFC 3966); or None."""
    return e164(value, region)


def e164(value: str, region: str | None, *, only_valid: bool = True) -> str | None:
    """The same, and with `only_valid=False` also of a number that nobody may have been given yet."""
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return None
    is_good = phonenumbers.is_valid_number if only_valid else phonenumbers.is_possible_number
    if not is_good(number):
        return None
    plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{plain};ext={number.extension}" if number.extension else plain
