"""The words of resumes in eight languages, from the files in `words/`; a resume may use several languages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from typing import Any

from app.utils.text import fold

LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl")


@lru_cache
def files() -> dict[str, dict[str, Any]]:
    """Return the word lists by language."""
    folder = resources.files(__package__) / "words"
    return {language: tomllib.loads((folder / f"{language}.toml").read_text("utf-8")) for language in LANGUAGES}


def words(table: str, key: str) -> frozenset[str]:
    """Return the words of all languages, folded."""
    return frozenset(fold(word) for word in written(table, key))


def written(table: str, key: str) -> list[str]:
    """Return the words of all languages as they are written."""
    found: dict[str, None] = {}
    for lists in files().values():
        found |= dict.fromkeys(lists[table][key])
    return list(found)


def either(choices: Iterable[str]) -> str:
    """Return the pattern of any of these texts, the longest first; a blank matches any blanks."""
    escaped = (re.escape(choice).replace(r"\ ", r"\s+") for choice in sorted(set(choices), key=len, reverse=True))
    return "(?:" + "|".join(escaped) + ")"
