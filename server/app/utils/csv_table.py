"""CSV output that is safe from formula injection."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

PHONE = re.compile(r"\+[0-9]{6,15}")  # E.164, which as a formula is the number itself
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # spreadsheets run cells such as "=HYPERLINK(...)" that a stranger typed


def quoted(text: str) -> str:
    """Prefix a text that looks like a formula with a quote (OWASP, CSV injection), but not a phone number."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) and not PHONE.fullmatch(text) else text


def unquoted(text: str) -> str:
    """Return the text as it was before `quoted`."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text


def written(rows: Iterable[Iterable[str]]) -> bytes:
    """Return the rows as CSV."""
    target = io.StringIO(newline="")  # the writer ends lines with CRLF itself (RFC 4180)
    csv.writer(target).writerows(rows)
    return target.getvalue().encode()
