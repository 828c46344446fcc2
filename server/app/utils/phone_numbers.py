"""Telephone numbers in one form."""

from __future__ import annotations

import unicodedata

import phonenumbers


def normal_phone(value: str, region: str | None = None, *, only_valid: bool = True) -> str | None:
    """E.164, with `;ext=` and the extension where there is one (RFC 3966); None for what is no number of `region`.
    An extension of zeros alone is none.

    With `only_valid=False` also of a number that nobody may have been given yet.
    """
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return None
    is_good = phonenumbers.is_valid_number if only_valid else phonenumbers.is_possible_number
    if not is_good(number):
        return None
    plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    extension = "".join(str(unicodedata.digit(char)) for char in number.extension or "" if char.isdigit())
    return f"{plain};ext={extension}" if extension.strip("0") else plain
