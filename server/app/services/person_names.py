"""Whether two names may be one person's: pure. A shared phone or address is no identity; it takes the name as well."""

from __future__ import annotations

import re

from rapidfuzz.distance import OSA

from app.utils.text import fold, transliterate

# Forms of address and degrees are no part of a name; Ma and Ba are surnames, Jr and Sr are two people.
TITLES = frozenset("dr prof mr mrs ms miss herr frau dipl mag phd mba bsc msc".split())
WORD = re.compile(r"[^\W\d_]+")
LONG = 6  # letters from which one may be mistyped: Marta and Maria are two, and so are Daniel and Daniela
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


def may_be_one(first: str, second: str) -> bool:
    """Whether every part of the shorter name is in the longer one: spelled alike, as an initial, or a letter apart.

    Case, accents, transliteration, order, titles and middle names make no difference. One part at least must be
    spelled alike in full, and only one may differ by a letter.
    """
    ones, others = _spellings(first), _spellings(second)
    return any(_agree(one, other) for one in ones for other in others)


def _spellings(name: str) -> set[tuple[str, ...]]:
    """The parts of a name, with umlauts as one letter and as two: Müller is Muller and Mueller."""
    texts = {fold(transliterate(name)), fold(transliterate(name.lower().translate(UMLAUTS)))}
    return {parts for text in texts if (parts := _parts(text))}


def _parts(text: str) -> tuple[str, ...]:
    words = WORD.findall(text)
    return tuple(word for word in words if word not in TITLES) or tuple(words)


def _agree(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if "".join(one) == "".join(other):
        return True
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
