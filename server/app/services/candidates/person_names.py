"""Comparison of names: whether two may belong to the same person. Pure functions."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import accumulate, product

from app.utils.text import fold, transliterate

# Titles and degrees are not part of a name. Not listed: Ma and Ba are surnames, Jr and Sr distinguish two people.
TITLES = frozenset("dr prof mr mrs ms miss sir herr frau dipl mag mgr ing inz bc phd mba bsc msc".split())
OF_A_TITLE = frozenset("med rer nat pol phil jur oec dent vet habil ing hab".split())  # Dr. med., Dr. rer. nat.
TOP = 400  # characters at the beginning of a resume in which a name is the candidate's
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


def may_be_one(first: str, second: str, *, is_word_enough: bool = False) -> bool:
    """Return whether two names may belong to the same person.

    Each part of the shorter name must be in the longer one, in full or as an initial, and the longer name's first part
    in the shorter one: Maria Cruz is not José Maria Cruz. Case, accents, transliteration, order, titles and middle
    names are ignored. At least two parts must match in full, because families share initials, or one if
    `is_word_enough`. Typos are not tolerated: Dariusz and Mariusz, Donald and Ronald differ by one letter.
    """
    ones, others = _spellings(first), _spellings(second)
    return any(_agree(one, other, 1 if is_word_enough else 2) for one in ones for other in others)


def says_as_much(name: str, known: str) -> bool:
    """Return whether a name has every part of the known one and may replace it.

    J. Lis may not replace Jan Lis: the next J. Lis could be someone else.
    """
    pairs = product(_spellings(name), _spellings(known))
    return any(Counter(old) <= Counter(new) or _are_joined(new, old) for new, old in pairs)


def keys(name: str) -> frozenset[str]:
    """Return the lookup keys of a name: two names that may belong to the same person share at least one."""
    spellings = _spellings(name)
    whole = {"".join(parts) for parts in spellings}
    # Initials are no keys: at least one part must match in full anyway.
    return frozenset(whole | {part for parts in spellings for part in parts if len(part) > 1})


def is_spelled_alike(first: str, second: str) -> bool:
    """Return whether two names have the same parts, in any order."""
    ones, others = ({tuple(sorted(parts)) for parts in _spellings(name)} for name in (first, second))
    return not ones.isdisjoint(others)


def stands_on_top(text: str, name: str) -> bool:
    """Return whether one of the first lines of a text consists of the name, possibly with another middle name.

    Initials are ignored, and the name must have at least two other parts.
    """
    top = text if len(text) <= TOP else text[:TOP].rpartition("\n")[0]  # drop a cut line: its name may be cut
    return any(_is_line_of(name, line) for name in _spellings(name) for line in _lines(top))


def _is_line_of(name: tuple[str, ...], line: tuple[str, ...]) -> bool:
    own, words = ([part for part in parts if len(part) > 1] for parts in (name, line))
    # One more word may be a middle name; "Sent by Anna Kowalska, recruiter" has too many.
    if len(own) < 2 or len(words) > len(own) + 1 or not Counter(own) <= Counter(words):
        return False
    # Not "Dear Anna Kowalska": the additional word must be in the middle.
    return words[0] in own and words[-1] in own and _agree(name, line, 2)


@lru_cache(maxsize=100)  # one text is compared with the names of everyone who has a contact point
def _lines(text: str) -> list[tuple[str, ...]]:
    """Return the name parts of each line, in each spelling."""
    return [_parts(spelling) for line in text.splitlines() for spelling in all_spellings(line)]


@lru_cache(maxsize=10_000)
def _spellings(name: str) -> frozenset[tuple[str, ...]]:
    """Return the parts of a name in each spelling; a name without letters is one part."""
    return frozenset(_parts(spelling) or (spelling.strip(),) for spelling in all_spellings(name))


def all_spellings(text: str) -> set[str]:
    """Return the folded text with umlauts as one letter and as two: Müller becomes Muller and Mueller."""
    return {fold(transliterate(text)), fold(transliterate(text.lower().translate(UMLAUTS)))}


def _parts(text: str) -> tuple[str, ...]:
    found = _words(text)
    kept: list[str] = []
    is_title = False
    for word in found:
        is_title = word in TITLES or (is_title and word in OF_A_TITLE)  # "med" is dropped only after a title
        if not is_title:
            kept.append(word)
    return tuple(kept or found)  # "Dr" alone is a name


def _words(text: str) -> list[str]:
    """Split into runs of letters and marks, which include the vowel signs of Indic scripts."""
    return "".join(char if unicodedata.category(char)[0] in "LM" else " " for char in text).split()


def _agree(one: tuple[str, ...], other: tuple[str, ...], enough: int) -> bool:
    if one == other or _are_joined(one, other):
        return True
    shorter, longer = sorted((one, other), key=len)
    alike = Counter(part for part in shorter if len(part) > 1) & Counter(longer)  # each part matches at most one
    rest, free = (list((Counter(parts) - alike).elements()) for parts in (shorter, longer))
    for part in rest:
        match = next((each for each in free if _is_initial(part, each)), None)
        if match is None:
            return False
        free.remove(match)
    first = next((part for part in longer if len(part) > 1), "")
    return alike.total() >= enough and (len(shorter) == 1 or first not in free)  # one word may be any part


def _are_joined(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether they only differ by words written together: Anna-Lena and Annalena, not Ann Ali and Anna Li."""
    if "".join(one) != "".join(other):
        return False
    ends = [set(accumulate(map(len, parts))) for parts in (one, other)]
    return ends[0] <= ends[1] or ends[1] <= ends[0]


def _is_initial(part: str, other: str) -> bool:
    return 1 in (len(part), len(other)) and part[0] == other[0]
