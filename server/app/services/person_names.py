"""Whether two names may be one person's: pure. A shared phone or address is no identity; it takes the name as well."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache

from rapidfuzz.distance import OSA

from app.utils.text import fold, transliterate

# Forms of address and degrees are no part of a name; Ma and Ba are surnames, Jr and Sr are two people.
TITLES = frozenset("dr prof mr mrs ms miss herr frau dipl mag phd mba bsc msc".split())
LONG = 6  # letters from which one may be mistyped: Marta and Maria are two, and so are Daniel and Daniela
TOP = 400  # characters of a resume in which a name is the person's own
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


def may_be_one(first: str, second: str, *, is_word_enough: bool = False) -> bool:
    """Whether every part of the shorter name is in the longer one: spelled alike, as an initial, or a letter apart.

    Case, accents, transliteration, order, titles and middle names make no difference. One part at least must be
    spelled alike in full, and only one may differ by a letter. A single word is a name of its own, because Anna need
    not be Anna Kowalska, unless `is_word_enough`.
    """
    ones, others = _spellings(first), _spellings(second)
    return any(_agree(one, other, is_word_enough) for one in ones for other in others)


def keys(name: str) -> frozenset[str]:
    """What is needed to look a name up: two names that may be one person's have one of these in common."""
    spellings = _spellings(name)
    whole = {"".join(parts) for parts in spellings}
    return frozenset(whole | {part for parts in spellings for part in parts if len(part) > 1})


def is_spelled_alike(first: str, second: str) -> bool:
    """Whether two names have the same parts in any order."""
    ones, others = ({tuple(sorted(parts)) for parts in _spellings(name)} for name in (first, second))
    return not ones.isdisjoint(others)


def stands_on_top(text: str, name: str) -> bool:
    """Whether a text begins with a name: its parts stand together, one other word may be between them. Initials do
    not count, and one part alone is no name."""
    for parts in _spellings(name):
        full = Counter(part for part in parts if len(part) > 1)
        if full.total() > 1 and any(full <= Counter(run) for run in _runs(text[:TOP], full.total() + 1)):
            return True
    return False


@lru_cache(maxsize=100)
def _runs(text: str, length: int) -> list[tuple[str, ...]]:
    """Each word of a text with those that follow it; initials left out."""
    runs = []
    for spelling in _all_spellings(text):
        found = [word for word in _words(spelling) if len(word) > 1]
        runs += [tuple(found[at : at + length]) for at in range(len(found))]
    return runs


@lru_cache(maxsize=10_000)
def _spellings(name: str) -> frozenset[tuple[str, ...]]:
    """The parts of a name in each spelling; a name without letters is one part."""
    return frozenset(_parts(spelling) or (spelling.strip(),) for spelling in _all_spellings(name))


def _all_spellings(text: str) -> set[str]:
    """The folded text, with umlauts as one letter and as two: Müller is Muller and Mueller."""
    return {fold(transliterate(text)), fold(transliterate(text.lower().translate(UMLAUTS)))}


def _parts(text: str) -> tuple[str, ...]:
    found = _words(text)
    return tuple(word for word in found if word not in TITLES) or tuple(found)


def _words(text: str) -> list[str]:
    """Runs of letters with their vowel signs, which are marks in the scripts of India."""
    return "".join(char if unicodedata.category(char)[0] in "LM" else " " for char in text).split()


def _agree(one: tuple[str, ...], other: tuple[str, ...], is_word_enough: bool) -> bool:
    if "".join(one) == "".join(other):
        return True
    if 1 in (len(one), len(other)) and not is_word_enough:
        return False
    shorter, longer = sorted((one, other), key=len)
    alike = Counter(part for part in shorter if len(part) > 1) & Counter(longer)  # each part stands for one
    rest, free = (list((Counter(parts) - alike).elements()) for parts in (shorter, longer))
    mistyped = 0
    for part in rest:
        match = next((each for each in free if _is_initial(part, each)), None)
        if match is None:
            match = next((each for each in free if _is_slip(part, each)), None)
            mistyped += 1
        if match is None or mistyped > 1:
            return False
        free.remove(match)
    return bool(alike)


def _is_initial(part: str, other: str) -> bool:
    return 1 in (len(part), len(other)) and part[0] == other[0]


def _is_slip(part: str, other: str) -> bool:
    return len(part) == len(other) >= LONG and part[-1] == other[-1] and OSA.distance(part, other, score_cutoff=1) <= 1
