"""The text of a document as lines with position and layout."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from app.schemas.parsed_resume_schema import Fact

# \uf0b7 and \uf0a7 are the bullets of the fonts Symbol and Wingdings.
BULLET = re.compile(r"^[\s•●▪◦‣∙·–—*\-➢➤►❖✓✔\uf0b7\uf0a7\u2022\u25cf]+(?=\s|\w)")

JOINERS = "\u200c\u200d"  # required by some scripts
BETWEEN_LETTERS = re.compile(r"(?<=\w)\(cid:\d+\)(?=\w)")  # pdfminer's text for a glyph without a letter


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line as extracted; size is 0 if the format does not have it."""

    text: str
    size: float = 0.0
    bold: bool = False
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the document: `text` is `document[start:start + len(text)]`."""

    text: str
    start: int
    size: float
    bold: bool
    gap: bool
    bullet: bool

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def fact(self, value: str, offset: int = 0) -> Fact | None:
        """Return a fact for `value`, searched in this line from `offset`, or None if it is not there."""
        at = self.text.find(value, offset)
        return Fact(value=value, start=self.start + at, end=self.start + at + len(value)) if at >= 0 and value else None

    def part(self, begin: int, end: int) -> Line:
        """Return a part of this line, trimmed, with its own position."""
        piece = self.text[begin:end]
        lead = len(piece) - len(piece.lstrip())
        return Line(piece.strip(), self.start + begin + lead, self.size, self.bold, self.gap, self.bullet)


def without_tail(text: str) -> str:
    """Return the text without trailing separators; a closing bracket stays if it has an opening one."""
    kept = text.rstrip(" ,|–—-:;(")
    return kept.rstrip(" ),|–—-:;(") if kept.endswith(")") and "(" not in kept[1:] else kept


def clean(text: str) -> str:
    """Return a line without control characters, icons and odd spaces; wide gaps become two spaces."""
    # Cf: soft hyphens, zero-width spaces and direction marks would cut words and addresses.
    text = "".join(
        char for char in text.replace("\u00a0", " ") if char in JOINERS or unicodedata.category(char) != "Cf"
    )
    text = BETWEEN_LETTERS.sub("\ufffd", text)  # a missing letter: a blank would split the word
    text = "".join(char if char.isprintable() and not "\ue000" <= char <= "\uf8ff" else " " for char in text)
    text = re.sub(r"\(cid:\d+\)", " ", text)
    return re.sub(r"[ \t]{2,}", "  ", text.replace("\t", "  ")).strip()


def assemble(raw: Iterable[RawLine]) -> tuple[str, list[Line]]:
    """Return the document's text, and its lines with their positions; empty lines only mark gaps."""
    parts: list[str] = []
    lines: list[Line] = []
    position, gap = 0, False
    for item in raw:
        text = clean(item.text)
        if not text:
            gap = True
            continue
        # The raw text, because clean() removes bullets in the private use area.
        bullet = bool(match := BULLET.match(item.text.strip() + " ")) and bool(match and match.group().strip())
        lead = len(text) - len(BULLET.sub("", text, count=1).lstrip()) if bullet else 0
        body = text[lead:]
        parts.append(text)
        if body:
            lines.append(Line(body, position + lead, item.size, item.bold, gap or item.gap, bullet))
        position += len(text) + 1
        gap = False
    return "\n".join(parts), lines
