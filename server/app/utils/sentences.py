"""Sentences for people."""

from __future__ import annotations

PREDICATES = ("must ", "is ", "are ", "has ", "cannot ", "does ", "needs ")


def sentence(text: str) -> str:
    """Return a remark on a value as a sentence: "must be a date" becomes "This value must be a date."."""
    whole = f"This value {text}" if text.startswith(PREDICATES) else text[:1].upper() + text[1:]
    return whole if whole.endswith((".", "!", "?")) else f"{whole}."
