"""The text of a resume as it is compared with jobs: without who the person is, and without repetitions.

Names, contact points and places say nothing of what somebody can do, but move the score if they are compared. Repeated
words would raise it, which invites stuffing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from app.schemas.parsed_resume_schema import Fact, ParsedResume
from app.utils.text import fold, without_contacts

MAX_TEXT = 20_000  # characters
MAX_TIMES = 12  # that one word counts
PHRASE = 3  # words; ordinary text repeats hardly any sequence of three
COPIED = 6  # words in the order of the posting that are taken for a copy of it
WORD = re.compile(r"\w+")
EDGES = re.compile(r"^\W+|\W+$")


def comparable(text: str, parsed: ParsedResume) -> str:
    """Return the words of a resume that say what somebody can do, separated by single spaces."""
    different: dict[str, str] = {}
    for line in without_contacts(_impersonal(text, parsed))[:MAX_TEXT].split("\n"):
        different.setdefault(" ".join(map(_bare, line.split())), line)
    return _once([word for line in different.values() for word in line.split()])


def copies(text: str, posting: str) -> bool:
    """Return whether a text has a passage of a posting; a quick look, with which most resumes are done."""
    words = WORD.findall(text.lower())
    return not _passages(posting).isdisjoint(_sequences(words))


def without_copied(text: str, posting: str) -> str:
    """Return the text with blanks in place of the passages that it has in common with a posting."""
    spans = [match.span() for match in WORD.finditer(text)]
    words = [text[start:end].lower() for start, end in spans]
    theirs = _passages(posting)
    kept, done = [], 0
    for first, passage in enumerate(_sequences(words)):
        if passage in theirs:
            start, end = max(done, spans[first][0]), spans[first + COPIED - 1][1]
            kept += [text[done:start], " " * (end - start)]  # offsets stay valid
            done = end
    return "".join([*kept, text[done:]])


@lru_cache(maxsize=16)
def _passages(posting: str) -> frozenset[tuple[str, ...]]:
    words = WORD.findall(posting.lower())
    return frozenset(_sequences(words))


def _sequences(words: list[str]) -> Iterator[tuple[str, ...]]:
    """Return all sequences of COPIED words, in order."""
    return zip(*(words[at:] for at in range(COPIED)))


def _impersonal(text: str, parsed: ParsedResume) -> str:
    """Return the text without the spans of name, contact points and place, and without the name elsewhere."""
    kept, begin = [], 0
    for fact in sorted(_personal(parsed), key=lambda fact: fact.start):
        kept.append(text[begin : max(begin, fact.start)])
        begin = max(begin, fact.end)
    rest = " ".join([*kept, text[begin:]])
    if parsed.name is None or not (parts := parsed.name.value.split()):
        return rest
    # In page headers and at the end of letters, in any case.
    name = r"\s+".join(map(re.escape, parts))
    return re.sub(rf"(?<!\w){name}(?!\w)", " ", rest, flags=re.IGNORECASE)


def _personal(parsed: ParsedResume) -> Iterable[Fact]:
    single = (parsed.name, parsed.email, parsed.phone, parsed.location)
    return [*(fact for fact in single if fact), *parsed.links]


def _once(words: list[str]) -> str:
    """Return the words without those that end a phrase that has occurred before, and each word MAX_TIMES at most."""
    seen: set[tuple[str, ...]] = set()
    times: Counter[str] = Counter()
    bare = [_bare(word) for word in words]
    kept = []
    for at, word in enumerate(words):
        phrase = tuple(bare[max(0, at - PHRASE + 1) : at + 1])
        times[bare[at]] += 1
        if (len(phrase) < PHRASE or phrase not in seen) and times[bare[at]] <= MAX_TIMES:
            kept.append(word)
        seen.add(phrase)
    return " ".join(kept)


def _bare(word: str) -> str:
    return EDGES.sub("", fold(word)) or word
