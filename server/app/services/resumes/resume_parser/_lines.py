"""The text of a document as lines with position and layout."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from app.schemas.parsed_resume_schema import Fact

# \uf0b7 and \uf0a7 are the bullets of the fonts Symbol and Wingdings.
BULLET = re.compile(r"^[\s•●▪◦‣∙·–—*\-➢➤►❖✓✔\uf0b7\uf0a7\u2022\u25cf]+(?=\s|\w)")

SMALLEST = 2.5  # points; nobody reads smaller letters

CUT = "\x1f"  # where the type changes within a line, such as from a bold title to a plain company
JOINERS = "\u200c\u200d"  # required by some scripts
BETWEEN_LETTERS = re.compile(r"(?<=\w)\(cid:\d+\)(?=\w)")  # how programs write a glyph without a letter


# `aside` belongs to no section, such as an address behind a picture; `hidden` cannot be seen, and is no part of the
# text; `encoding` says that the text may have been read in the wrong code page.
# `break` is where another column begins.
Role = Literal["body", "aside", "hidden", "encoding", "break"]


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line as extracted; size is 0 if the format does not have it."""

    text: str
    size: float = 0.0
    bold: bool = False
    gap: bool = False
    role: Role = "body"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the document: `text` is `document[start:start + len(text)]`."""

    text: str
    start: int
    size: float
    bold: bool
    gap: bool
    bullet: bool
    cuts: tuple[int, ...] = ()  # offsets at which the type changes
    aside: bool = False
    breaks: bool = False  # the first line of a column
    label: str = ""  # what the text calls it, such as `company` in "Employer: Quay Data"

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def fact(self, value: str, offset: int = 0) -> Fact | None:
        """Return a fact for `value`, searched in this line from `offset`, or None if it is not there."""
        at = self.text.find(value, offset)
        return Fact(value=value, start=self.start + at, end=self.start + at + len(value)) if at >= 0 and value else None

    def as_fact(self) -> Fact:
        """Return the whole line as a fact."""
        return Fact(value=self.text, start=self.start, end=self.end)

    def part(self, begin: int, end: int) -> Line:
        """Return a part of this line, trimmed, with its own position."""
        piece = self.text[begin:end]
        lead = len(piece) - len(piece.lstrip())
        cuts = tuple(at - begin - lead for at in self.cuts if begin + lead < at < end)
        text, start = piece.strip(), self.start + begin + lead
        return Line(text, start, self.size, self.bold, self.gap, self.bullet, cuts, label=self.label)

    def between(self, spans: Iterable[tuple[int, int]], begin: int = 0) -> Iterator[Line]:
        """Yield the parts before, between and behind spans, trimmed, from an offset on; some may be empty."""
        for start, end in (*spans, (len(self.text), len(self.text))):
            yield self.part(begin, start)
            begin = end


def separators(line: Line, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    """Return where the pieces of a line end and the next ones begin: at separators, and where the type changes."""
    found = [match.span() for match in pattern.finditer(line.text)]
    return sorted([*found, *((at, at) for at in line.cuts if not any(a <= at <= b for a, b in found))])


def without_tail(text: str) -> str:
    """Return the text without trailing separators; a closing bracket stays if it has an opening one."""
    kept = text.rstrip(" ,|–—-:;(")
    return kept.rstrip(" ),|–—-:;(") if kept.endswith(")") and "(" not in kept[1:] else kept


def clean(text: str) -> str:
    """Return a line without control characters, icons and odd spaces; wide gaps become two spaces."""
    text = BETWEEN_LETTERS.sub("\ufffd", text)  # a missing letter: a blank would split the word
    if not (text.isascii() and text.isprintable()):
        # Cf: soft hyphens, zero-width spaces and direction marks would cut words and addresses.
        text = "".join(
            char for char in text.replace("\u00a0", " ") if char in JOINERS or unicodedata.category(char) != "Cf"
        )
        text = "".join(
            char if (char.isprintable() or char == CUT) and not "\ue000" <= char <= "\uf8ff" else " " for char in text
        )
    text = re.sub(r"\(cid:\d+\)", " ", text)
    return re.sub(r"[ \t]{2,}", "  ", text.replace("\t", "  ")).strip()


def _without_cuts(text: str) -> tuple[str, tuple[int, ...]]:
    """Return a line without its marks, and their offsets."""
    parts = text.split(CUT)
    ends = list(accumulate(len(part) for part in parts))
    return "".join(parts), tuple(end for end in ends[:-1] if 0 < end < ends[-1])


def assemble(raw: Iterable[RawLine]) -> tuple[str, list[Line]]:
    """Return the document's text, and its lines with their positions; empty lines only mark gaps."""
    parts: list[str] = []
    lines: list[Line] = []
    position, gap, breaks = 0, False, False
    for item in raw:
        breaks = breaks or item.role == "break"
        if item.role in ("hidden", "encoding", "break"):
            continue
        text, cuts = _without_cuts(clean(item.text))
        if not text:
            gap = True
            continue
        # The raw text, because clean() removes bullets in the private use area.
        bullet = bool(match := BULLET.match(item.text.strip() + " ")) and bool(match and match.group().strip())
        lead = len(text) - len(BULLET.sub("", text, count=1).lstrip()) if bullet else 0
        body = text[lead:]
        parts.append(text)
        if body:
            own = tuple(at - lead for at in cuts if at > lead)
            gap = gap or item.gap
            is_aside = item.role == "aside"
            line = Line(body, position + lead, item.size, item.bold, gap, bullet, own, aside=is_aside, breaks=breaks)
            lines.append(line)
            breaks = False
        position += len(text) + 1
        gap = False
    return "\n".join(parts), lines
