"""Tables as CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def quoted(text: str) -> str:
    """A text that looks like a formula, with a quote before it (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(FORMULA) else text


def written(rows: Iterable[Iterable[str]]) -> bytes:
    """The rows as lines of CSV."""
    target = io.StringIO(newline="")
    csv.writer(target).writerows(rows)
    return target.getvalue().encode()
