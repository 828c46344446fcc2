"""Normalisation of phone numbers."""

from __future__ import annotations

import unicodedata

import phonenumbers


def normal_phone(value: str, region: str | None = None, *, only_valid: bool = True) -> str | None:
    """Return a number as E.164, plus `;ext=` if it has an extension (RFC 3966); None if not valid in `region`.
    An extension of only zeros is dropped.

    With `only_valid=False`, numbers that are possible but not assigned are accepted too.
    """
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return None
    is_good = phonenumbers.is_valid_number if only_valid else phonenumbers.is_possible_number
    if not is_good(number):
        return None
    plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # phonenumbers keeps the digits of an extension in their script, such as Arabic ones.
    extension = "".join(str(unicodedata.digit(char)) for char in number.extension or "" if char.isdigit())
    return f"{plain};ext={extension}" if extension.strip("0") else plain
