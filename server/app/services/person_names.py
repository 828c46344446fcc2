"""Whether two names may be one person's: pure. A shared phone or address is no identity; it takes the name as well."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rapidfuzz.distance import OSA

from app.utils.text import fold, transliterate

# Forms of address and degrees are no part of a name; Ma and Ba are surnames, Jr and Sr are two people.
TITLES = frozenset("dr prof mr mrs ms miss herr frau dipl mag phd mba bsc msc".split())
LONG = 6  # letters from which one may be mistyped: Marta and Maria are two, and so are Daniel and Daniela
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


def is_named_in(text: str, name: str) -> bool:
    """Whether a text has every part of a name as a word, at least two of them."""
    found = {word for spelling in _all_spellings(text) for word in _words(spelling)}
    return any(len(parts) > 1 and found.issuperset(parts) for parts in _spellings(name))


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
    shorter, longer = sorted((list(one), list(other)), key=len)
    alike = [part for part in shorter if part in longer and len(part) > 1]
    rest, free = [part for part in shorter if part not in alike], [part for part in longer if part not in alike]
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
