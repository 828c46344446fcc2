"""Rows of words joined to lines: broken lines, cells, notes at the right edge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from app.services.resumes.resume_parser._dates import find_range
from app.services.resumes.resume_parser._lines import BULLET, CUT, RawLine
from app.services.resumes.resume_parser._words import Word

LINE_TOLERANCE = 3.0
TOP_TOLERANCE = 1.5
MAX_LEADING = 1.6  # of the font size, between the lines of one paragraph
GLUED = 0.12  # of the font size, up to which a plain comma belongs to the bold word before it
DASHES = ("-", "–", "—")
# The line goes on wherever it ends: "Bachelor of", "Ames &", "https://people.example/anna-".
OPEN_END = re.compile(r"(?:\b(?:of|and|for|the|für|und|de|la|del)|[,&]|/\S*-)$", re.IGNORECASE)
HYPHENATED = frozenset(  # first parts of hyphenated words
    """client cost cross customer cutting data day decision detail end event fast first front full goal hands
    high in large long low multi non object off on open part post problem real result road self short single
    small state team test third time top two user well world year""".split()
)
MIN_PROSE = 5  # words of a broken line; shorter lines are as often items of a list
MIN_SPACED = 3
LINE_END = 80  # characters that are searched for the last word of a line
HEADING_SIZE = 14  # points; such text is no list, and is joined even if it is short
ADDRESS = re.compile(r"@|://|^www\.", re.IGNORECASE)  # begins a line of its own
MIN_GUTTER = 10.0  # points, as all distances here


def rows_of(words: list[Word]) -> list[list[Word]]:
    """Group words by baseline or top into rows, from top to bottom, each from left to right."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.bottom, word.x0)):
        if rows and _same_row(rows[-1][0], word):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda word: word.x0) for row in rows]


def _same_row(first: Word, word: Word) -> bool:
    bottoms, tops = (abs(first.bottom - word.bottom), abs(first.top - word.top))
    return bool(bottoms <= LINE_TOLERANCE or tops <= TOP_TOLERANCE)


def lines_of(rows: list[list[Word]], edge: float) -> Iterator[RawLine]:
    """Yield rows as lines; lines broken at the right edge are joined, and wide gaps in a row stay visible."""
    spaced = _are_spaced(rows)
    pending: RawLine | None = None
    last: list[Word] | None = None
    for row, line in _parts(rows):
        if pending and last and _goes_on(last, row, edge, spaced):
            pending = replace(pending, text=_rejoin(pending.text, line.text))
        else:
            if pending:
                yield pending
            pending = line
        last = row
    if pending:
        yield pending


def _are_spaced(rows: list[list[Word]]) -> bool:
    """Return whether items are further apart than the lines within one, so that a small step means a broken line."""
    steps = [
        (row[0].top - above[0].top) / max(above[0].size, 1.0)  # hidden text may have the size 0
        for above, row in zip(rows, rows[1:])
        if abs(row[0].x0 - above[0].x0) <= 1 and abs(row[0].size - above[0].size) < 0.3
    ]
    least = min(steps, default=0.0)
    return least <= MAX_LEADING and sum(1.2 * least < step <= 2 * MAX_LEADING for step in steps) >= MIN_SPACED


def _goes_on(above: list[Word], row: list[Word], edge: float, spaced: bool) -> bool:
    """Return whether a row was broken because the first word of the next row did not fit."""
    size = above[0].size
    alike = abs(size - row[0].size) < 0.3 and is_bold(above) == is_bold(row)
    near = 0 < row[0].top - above[0].top <= MAX_LEADING * size
    indent = row[0].x0 - above[0].x0
    mark = bool(BULLET.match(above[0].text + " ")) and above[0].text.strip("-–—•·●▪◦‣∙ ") == ""
    # Lines of an item are indented behind its bullet.
    placed = -1 <= indent <= 3 * size if mark else abs(indent) <= 1
    # A blank is about 0.3 of the font size wide. A date at the right edge is a cell of its own, not a full line.
    full = above[-1].x1 + 0.3 * size + (row[0].x1 - row[0].x0) > edge and len(cells_of(above)) == 1
    prose = spaced or row[0].text[0].islower() or len(above) >= MIN_PROSE or size >= HEADING_SIZE
    broken = full and prose and not ADDRESS.search(row[0].text) or bool(OPEN_END.search(join(above)[-LINE_END:]))
    return alike and near and placed and broken and not BULLET.match(row[0].text + " ")


def _rejoin(above: str, below: str) -> str:
    """Join two lines; a hyphen at the break is removed, except in addresses and hyphenated words."""
    word = above.rsplit(" ", 1)[-1]
    if len(word) > 1 and word[-1] in "-\u00ad" and below[:1].islower():
        keeps_hyphen = any(mark in word for mark in "/@.") or word[:-1].strip("(\"'").lower() in HYPHENATED
        return above + below if keeps_hyphen else above[:-1] + below
    if "/" in word and "." in word and word[-1] in "/_=":  # a URL that continues in the next line
        return above + below
    return f"{above} {below}"


def is_bold(words: list[Word]) -> bool:
    return all(word.bold for word in words)


def _parts(rows: list[list[Word]]) -> Iterator[tuple[list[Word], RawLine]]:
    """Yield rows split by font size, each with its line; a large distance between rows is a gap."""
    rows = _with_own_notes(rows)
    usual = usual_step(rows)
    for number, row in enumerate(rows):
        gap = number > 0 and is_gap(rows[number - 1], row, usual)
        for part in _split_by_size(row):
            size = round(max(word.size for word in part), 1)
            yield part, RawLine(join(part, CUT), size=size, bold=is_bold(part), gap=gap)


def usual_step(rows: list[list[Word]]) -> float:
    return float(median([below[0].top - above[0].top for above, below in zip(rows, rows[1:])] or [0.0]))


def is_gap(above: list[Word], row: list[Word], usual: float) -> bool:
    return bool(row[0].top - above[0].top > 1.45 * usual)


def _with_own_notes(rows: list[list[Word]]) -> list[list[Word]]:
    """Move a note at the right edge that continues in the next row to the row where it begins."""
    settled = [list(row) for row in rows]
    for above, row in zip(settled, settled[1:]):
        if not above:  # its only cell was moved up
            continue
        cells, cells_above = cells_of(row), cells_of(above)
        if len(cells_above) < 2:
            continue
        note, begun = cells[-1], cells_above[-1]
        aligned = abs(note[-1].x1 - begun[-1].x1) <= 3 or abs(note[0].x0 - begun[0].x0) <= 1
        near = row[0].top - above[0].top <= 1.8 * note[0].size
        if aligned and near and _ends_note(join(begun), join(note), len(cells)):
            if begun[-1].text.endswith(DASHES):
                above[-1] = replace(above[-1], text=f"{above[-1].text} {join(note)}")  # one range
            else:
                above.extend(note)
            del row[-len(note) :]
    return [row for row in settled if row]


def _ends_note(begun: str, note: str, cells: int) -> bool:
    """Return whether a note continues: a place above a range beside other text, or a range broken in two."""
    if begun.endswith(DASHES) and find_range(f"{begun} {note}"):
        return True
    return cells > 1 and find_range(note) is not None and not any(char.isdigit() for char in begun)


def cells_of(row: list[Word]) -> list[list[Word]]:
    """Return the parts of a row that wide gaps separate."""
    cells = [[row[0]]]
    for before, word in zip(row, row[1:]):
        # Rows are sorted, except for a note that _with_own_notes() has appended.
        if word.x0 - before.x1 > 1.5 * before.size or word.x0 < before.x0:
            cells.append([word])
        else:
            cells[-1].append(word)
    return cells


def _split_by_size(row: list[Word]) -> list[list[Word]]:
    """Split off a heading beside its section: a different size, and a wide gap between them."""
    parts = [[row[0]]]
    for before, word in zip(row, row[1:]):
        wide = word.x0 - before.x1 > before.size
        if wide and abs(before.size - word.size) > 0.15 * word.size:
            parts.append([word])
        else:
            parts[-1].append(word)
    return parts


def join(row: list[Word], cut: str = "") -> str:
    """Join the words of a row; a bar marks a wide gap, two spaces a gap wider than the row's others, `cut` new type."""
    gaps = [word.x0 - before.x1 for before, word in zip(row, row[1:])]
    usual = min((gap for gap in gaps if gap > 0), default=0.0)
    parts = [row[0].text]
    for gap, before, word in zip(gaps, row, row[1:]):
        wide = gap > 2.2 * before.size or word.x0 < before.x0
        apart = gap > max(0.9 * before.size, 1.5 * usual)  # by both: in justified text, all blanks are wide
        mark = cut if before.bold != word.bold else ""
        blank = "" if before.bold != word.bold and gap <= GLUED * before.size else " "
        parts.append((" | " if wide else "  " if apart else mark + blank) + word.text)
    return "".join(parts)


def strips(words: list[Word]) -> Iterator[tuple[float, float]]:
    """Yield the width and the middle of each strip within the block that no word crosses."""
    left_edge, right_edge = min(word.x0 for word in words), max(word.x1 for word in words)
    width, reach = right_edge - left_edge, left_edge
    for word in sorted(words, key=lambda word: word.x0):
        middle = (word.x0 + reach) / 2
        if word.x0 - reach >= MIN_GUTTER and left_edge + 0.08 * width < middle < right_edge - 0.08 * width:
            yield word.x0 - reach, middle
        reach = max(reach, word.x1)
