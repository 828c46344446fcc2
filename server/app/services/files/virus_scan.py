"""Verdicts of the virus scanner."""

from __future__ import annotations

from collections.abc import Iterable

from app.utils.errors import Unavailable
from app.utils.virus_scanner import ScannerUnreachable, virus_scanner


def malware_in(chunks: Iterable[bytes]) -> str | None:
    """Return the name of the malware in a file, or None if it is clean; Unavailable without a verdict."""
    try:
        return virus_scanner.finds(chunks)
    except ScannerUnreachable as error:
        raise Unavailable("The virus scanner is not responding.", code="scanner_unreachable") from error
