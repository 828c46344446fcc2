"""Spoken languages as people write them: their ISO 639 codes, and the levels of the Common European Framework."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from babel import Locale

from app.schemas.candidate_profile import LanguageLevel
from app.utils.text import fold

MAX_LANGUAGES = 20  # as many as the API accepts
LOCALES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl")  # languages of resumes; the first one decides
# Usual names that CLDR does not have.
MORE_NAMES = {"mandarin": "zh", "mandarin chinese": "zh", "farsi": "fa", "dari": "fa", "flemish": "nl", "tagalog": "tl"}
CEFR = re.compile(r"(?<!\w)[abc][12](?!\w)")
NATIVE = re.compile(
    r"native|mother tongue|first language|muttersprach|maternelle|natif|nativ[oa]|lengua materna|lingua materna"
    r"|madrelingua|moedertaal|ojczyst"
)
NO_NATIVE = re.compile(r"near.native|non.native|like native|native.like")


def known(languages: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return languages, given by name and level, as those of a candidate; names that nobody knows are left out."""
    found: dict[str, dict[str, Any]] = {}
    for name, level in languages:
        if code := code_of(name):
            found.setdefault(code, {"language": code, "level": level_of(level)})
    return list(found.values())[:MAX_LANGUAGES]


def code_of(name: str) -> str | None:
    """Return the code of a language by its name in one of the languages of resumes, or None."""
    return _codes().get(fold(name).strip())


def level_of(text: str) -> LanguageLevel | None:
    """Return the level that a text names, or None; words such as `fluent` have no agreed level."""
    folded = fold(text)
    if found := CEFR.search(folded):
        return LanguageLevel(found.group().upper())
    return LanguageLevel.NATIVE if NATIVE.search(folded) and not NO_NATIVE.search(folded) else None


@cache
def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for locale in LOCALES:
        # Without variants such as en_GB, which no candidate's language can be.
        for code, name in Locale(locale).languages.items():
            if len(code) <= 3:
                found.setdefault(fold(name), code)
    return MORE_NAMES | found
