"""Pages in reading order: positioned words, joined to lines, columns read one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from app.services.resumes.resume_parser._lines import RawLine
from app.services.resumes.resume_parser._page_margins import is_margin, with_notes
from app.services.resumes.resume_parser._page_rows import (
    LINE_TOLERANCE,
    cells_of,
    is_bold,
    is_gap,
    join,
    lines_of,
    rows_of,
    strips,
    usual_step,
)
from app.services.resumes.resume_parser._sections import is_section
from app.services.resumes.resume_parser._words import Word

ROW_TOLERANCE = 3.0
MIN_COLUMN_LINES = 4
MIN_SIDE_HEADINGS = 3
MAX_INSIDE, MIN_LEVEL = 0.2, 0.6  # share of rows that reach into the margin, and of headings with text in their row
EVEN = (0.42, 0.58)  # share of the width left of the gutter between columns of one text


def read_page(words: list[Word], outer: bool = True) -> Iterator[RawLine]:
    """Yield columns if a gutter separates them below a common head, else the lines from top to bottom."""
    if not words:
        return
    headings = _side_headings(words)  # first: the margin would pass for a column
    if headings:
        yield from _read_by_headings(words, headings)
        return
    cut = _find_columns(words)
    if cut is None:
        yield from _read_bands(words)
        return
    yield from _read_columns(words, *cut, outer)


def _read_columns(words: list[Word], head_end: float, gutter: float, outer: bool) -> Iterator[RawLine]:
    """Yield the head above the columns, then the left column, then the right one."""
    head = [word for word in words if word.bottom <= head_end]
    body = [word for word in words if word.bottom > head_end]
    left = [word for word in body if (word.x0 + word.x1) / 2 < gutter]
    right = [word for word in body if (word.x0 + word.x1) / 2 >= gutter]
    share = (gutter - min(word.x0 for word in words)) / (
        max(word.x1 for word in words) - min(word.x0 for word in words)
    )
    for part in (head, left, right):
        yield from read_page(part, outer=False)
        yield RawLine("")
        if outer and not EVEN[0] < share < EVEN[1]:  # a section goes on in a column as wide, but not beside a margin
            yield RawLine("", role="break")


def _read_bands(words: list[Word]) -> Iterator[RawLine]:
    """Yield a single column; its sections may have columns of their own, such as lists of skills."""
    rows, edge = rows_of(words), max(word.x1 for word in words)
    usual = usual_step(rows)
    starts = [0, *(at for at in _heading_rows(rows) if at), len(rows)]
    for begin, end in zip(starts, starts[1:]):
        band = [word for row in rows[begin:end] for word in row]
        cut = _find_columns(band) if len(starts) > 2 else None  # a single band has been searched by read_page()
        cut = None if cut and _is_table(band, cut[1]) else cut  # a table is read by rows, each label before its list
        if begin and is_gap(rows[begin - 1], rows[begin], usual):
            yield RawLine("")
        if cut:
            yield from _read_columns(band, *cut, outer=False)
            continue
        head = 1 if begin and end - begin > 1 else 0  # the heading may reach across the margin
        body = [word for row in rows[begin + head : end] for word in row]
        yield from lines_of([*rows[begin : begin + head], *rows_of(with_notes(body))], edge)


def _heading_rows(rows: list[list[Word]]) -> list[int]:
    """Return the numbers of the rows that are headings: those that stand out, if half of the known ones do."""
    usual = median([word.size for row in rows for word in row])
    known = [at for at, row in enumerate(rows) if is_section(join(row))]
    standing_out = [at for at in known if is_bold(rows[at]) or rows[at][0].size > 1.05 * usual]
    return standing_out if 2 * len(standing_out) >= len(known) else known


def _side_headings(words: list[Word]) -> list[list[Word]]:
    """Return headings that are alone in the left margin beside their sections, or none if the layout differs."""
    rows = rows_of(words)
    cells = [cells_of(row)[0] for row in rows]
    found = [cell for cell in cells if is_section(join(cell))]
    if len(found) < MIN_SIDE_HEADINGS or max(cell[0].x0 for cell in found) - min(c[0].x0 for c in found) > 3:
        return []
    edge, top = max(cell[-1].x1 for cell in found), min(cell[0].top for cell in found)
    own = {id(word) for cell in found for word in cell}  # words are mutable, and have no hash
    others = [[word for word in row if id(word) not in own] for row in rows if row[0].top >= top - 2]
    inside = [row for row in others if row and row[0].x0 <= edge]
    level = sum(len(cells_of(row)) > 1 for row in rows if id(row[0]) in own)
    alone = not inside or len(inside) <= MAX_INSIDE * len(others) and level >= MIN_LEVEL * len(found)
    return sorted(found, key=lambda cell: cell[0].top) if alone and any(others) else []


def _read_by_headings(words: list[Word], headings: list[list[Word]]) -> Iterator[RawLine]:
    """Yield the text above, then each heading before the text beside and below it."""
    own = {id(word) for cell in headings for word in cell}
    rest = [word for word in words if id(word) not in own]
    tops = [cell[0].top for cell in headings]
    yield from read_page([word for word in rest if word.bottom <= tops[0] + LINE_TOLERANCE])
    # Bold and after a gap, so that heading_of() accepts the heading whatever its font is.
    for cell, top, end in zip(headings, tops, [*tops[1:], float("inf")], strict=True):
        yield RawLine(join(cell), size=round(cell[0].size, 1), bold=True, gap=True)
        yield from read_page(
            [word for word in rest if top + LINE_TOLERANCE < word.bottom <= end + LINE_TOLERANCE], outer=False
        )


def _find_columns(words: list[Word]) -> tuple[float, float] | None:
    """Return where the head ends and the x that separates two columns, or None for a single column."""
    rows = rows_of(words)
    if len(rows) < MIN_COLUMN_LINES:
        return None
    # Sorted once: `strips` sorts every body, and what is sorted already costs it little.
    ordered = sorted(((word, at) for at, row in enumerate(rows) for word in row), key=lambda pair: pair[0].x0)
    for skip in range(0, min(len(rows) // 2, 14)):
        body = [word for word, at in ordered if at >= skip]
        gutter = _find_gutter(body)
        if gutter is not None:
            head_end = max((word.bottom for row in rows[:skip] for word in row), default=-1.0)
            # Bottoms within a row differ by LINE_TOLERANCE: no word of the body may count as head.
            return min(head_end, min(word.bottom for word in body) - 0.01), gutter
    return None


def _find_gutter(words: list[Word]) -> float | None:
    """Return the middle of the widest strip that no word crosses, if both sides are columns."""
    width = max(word.x1 for word in words) - min(word.x0 for word in words)
    left = min(word.x0 for word in words)
    inside = [strip for strip in strips(words) if 0.15 * width < strip[1] - left < 0.88 * width]
    columns = [strip for strip in inside if _are_columns(words, strip[1], width)]
    return max(columns)[1] if columns else None


def _are_columns(words: list[Word], x: float, width: float) -> bool:
    """Return whether the sides are columns, not entries with a narrow column of dates in the same rows."""
    left = [word for word in words if word.x1 <= x]
    right = [word for word in words if word.x0 >= x]
    if min(len(rows_of(left)), len(rows_of(right))) < MIN_COLUMN_LINES:
        return False
    return not any(is_margin(narrow, width) for narrow in (right, left))


def _is_table(words: list[Word], x: float) -> bool:
    """Return whether the left side has labels, each in the row where its list begins on the right."""
    left = rows_of([word for word in words if word.x1 <= x])[1:]  # the first one is the heading
    right = rows_of([word for word in words if word.x0 >= x])
    tops = [row[0].bottom for row in right]
    level = sum(any(abs(row[0].bottom - top) <= ROW_TOLERANCE for top in tops) for row in left)
    lists = sum("," in join(row) for row in right)
    labels = sum("," not in join(row) for row in left)
    return level == len(left) == labels and 2 * lists > len(right)
