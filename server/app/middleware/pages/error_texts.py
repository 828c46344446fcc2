"""What the pages of candidates say about a field that was refused."""

from __future__ import annotations

from flask import request

TEXTS = {  # keys of the texts by the code of an error; for others, by the field
    "missing": "error_missing",
    "string_too_long": "error_too_long",
    "too_long": "error_too_long",
    "string_too_short": "error_missing",
    "rate_limited": "too_many",
    "expired": "error_expired",
    "empty_file": "error_empty_file",
}
OF_FIELDS = {
    "email": "error_email",
    "name": "error_name",
    "phone": "error_phone",
    "link": "error_link",
    "years_experience": "error_years",
    "available_from": "error_date",
    "expires_on": "error_date",
    "file": "error_file",
    "signed_name": "error_signature",
}
DOCUMENTS = "documents/"  # of the names of fields that stand for a missing document


def key_of(field: str, code: str) -> str:
    """Return the key of the text for an error of a field."""
    if field.startswith(DOCUMENTS):
        return "error_document"
    if field == "value":  # of a correction, whose form says what it is
        field = request.form.get("field", "")
    return TEXTS.get(code) or OF_FIELDS.get(field, "error_invalid")
