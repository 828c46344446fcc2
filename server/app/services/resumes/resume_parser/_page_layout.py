"""Pages in reading order: positioned words, joined to lines, columns read one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from app.services.resumes.resume_parser._dates import find_range, find_single
from app.services.resumes.resume_parser._lines import BULLET, CUT, RawLine
from app.services.resumes.resume_parser._pieces import is_label, is_list_of_labels
from app.services.resumes.resume_parser._sections import is_section
from app.services.resumes.resume_parser._words import Word

MIN_GUTTER = 10.0  # points, as all distances here
LINE_TOLERANCE = 3.0
ROW_TOLERANCE = 3.0
TOP_TOLERANCE = 1.5
MAX_LEADING = 1.6  # of the font size, between the lines of one paragraph
MIN_COLUMN_LINES = 4
GLUED = 0.12  # of the font size, up to which a plain comma belongs to the bold word before it
NARROW_ROW = 0.33  # share of the page's width, up to which a column of dates is narrow
MIN_SIDE_HEADINGS = 3
MAX_INSIDE, MIN_LEVEL = 0.2, 0.6  # share of rows that reach into the margin, and of headings with text in their row
MIN_DATES, SHARE_OF_DATES, SHARE_OF_ALL = 2, 0.6, 0.35  # dated notes of a margin, against long ones and all
MAX_PLACE = 25  # characters beside the date of a note
EVEN = (0.42, 0.58)  # share of the width left of the gutter between columns of one text
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
    rows, edge = _rows(words), max(word.x1 for word in words)
    usual = _usual_step(rows)
    starts = [0, *(at for at in _heading_rows(rows) if at), len(rows)]
    for begin, end in zip(starts, starts[1:]):
        band = [word for row in rows[begin:end] for word in row]
        cut = _find_columns(band) if len(starts) > 2 else None  # a single band has been searched by read_page()
        cut = None if cut and _is_table(band, cut[1]) else cut  # a table is read by rows, each label before its list
        if begin and _is_gap(rows[begin - 1], rows[begin], usual):
            yield RawLine("")
        if cut:
            yield from _read_columns(band, *cut, outer=False)
            continue
        head = 1 if begin and end - begin > 1 else 0  # the heading may reach across the margin
        body = [word for row in rows[begin + head : end] for word in row]
        yield from _lines([*rows[begin : begin + head], *_rows(_with_notes(body))], edge)


def _heading_rows(rows: list[list[Word]]) -> list[int]:
    """Return the numbers of the rows that are headings: those that stand out, if half of the known ones do."""
    usual = median([word.size for row in rows for word in row])
    known = [at for at, row in enumerate(rows) if is_section(_join(row))]
    standing_out = [at for at in known if _is_bold(rows[at]) or rows[at][0].size > 1.05 * usual]
    return standing_out if 2 * len(standing_out) >= len(known) else known


def _side_headings(words: list[Word]) -> list[list[Word]]:
    """Return headings that are alone in the left margin beside their sections, or none if the layout differs."""
    rows = _rows(words)
    cells = [_cells(row)[0] for row in rows]
    found = [cell for cell in cells if is_section(_join(cell))]
    if len(found) < MIN_SIDE_HEADINGS or max(cell[0].x0 for cell in found) - min(c[0].x0 for c in found) > 3:
        return []
    edge, top = max(cell[-1].x1 for cell in found), min(cell[0].top for cell in found)
    own = {id(word) for cell in found for word in cell}  # words are mutable, and have no hash
    others = [[word for word in row if id(word) not in own] for row in rows if row[0].top >= top - 2]
    inside = [row for row in others if row and row[0].x0 <= edge]
    level = sum(len(_cells(row)) > 1 for row in rows if id(row[0]) in own)
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
        yield RawLine(_join(cell), size=round(cell[0].size, 1), bold=True, gap=True)
        yield from read_page(
            [word for word in rest if top + LINE_TOLERANCE < word.bottom <= end + LINE_TOLERANCE], outer=False
        )


def _find_columns(words: list[Word]) -> tuple[float, float] | None:
    """Return where the head ends and the x that separates two columns, or None for a single column."""
    rows = _rows(words)
    if len(rows) < MIN_COLUMN_LINES:
        return None
    for skip in range(0, min(len(rows) // 2, 14)):
        body = [word for row in rows[skip:] for word in row]
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
    inside = [strip for strip in _strips(words) if 0.15 * width < strip[1] - left < 0.88 * width]
    strips = [strip for strip in inside if _are_columns(words, strip[1], width)]
    return max(strips)[1] if strips else None


def _strips(words: list[Word]) -> Iterator[tuple[float, float]]:
    """Yield the width and the middle of each strip within the block that no word crosses."""
    left_edge, right_edge = min(word.x0 for word in words), max(word.x1 for word in words)
    width, reach = right_edge - left_edge, left_edge
    for word in sorted(words, key=lambda word: word.x0):
        middle = (word.x0 + reach) / 2
        if word.x0 - reach >= MIN_GUTTER and left_edge + 0.08 * width < middle < right_edge - 0.08 * width:
            yield word.x0 - reach, middle
        reach = max(reach, word.x1)


def _are_columns(words: list[Word], x: float, width: float) -> bool:
    """Return whether the sides are columns, not entries with a narrow column of dates in the same rows."""
    left = [word for word in words if word.x1 <= x]
    right = [word for word in words if word.x0 >= x]
    if min(len(_rows(left)), len(_rows(right))) < MIN_COLUMN_LINES:
        return False
    return not any(_is_margin(narrow, width) for narrow in (right, left))


def _is_margin(words: list[Word], width: float) -> bool:
    """Return whether the words are a narrow margin of dates or labels, each for what stands beside it."""
    if median([row[-1].x1 - row[0].x0 for row in _rows(words)]) >= NARROW_ROW * width:
        return False
    notes = [_note(cluster) for cluster in _clusters(words)]
    if is_list_of_labels(notes):
        return True
    dated = sum(map(_is_date, notes))
    long = sum(len(note) > MAX_PLACE and not _is_date(note) for note in notes)
    return dated >= MIN_DATES and dated >= SHARE_OF_DATES * (dated + long) and dated >= SHARE_OF_ALL * len(notes)


def _is_date(note: str) -> bool:
    """Return whether a note is a date, at most with a place."""
    found = find_range(note)
    single = find_single(note)
    begin, end = found.span if found else single[1] if single else (0, 0)
    return end > begin and len(note) - (end - begin) <= MAX_PLACE


def _clusters(words: list[Word]) -> list[list[list[Word]]]:
    """Return the rows of a margin in groups without a gap between them: a range may take two rows."""
    clusters: list[list[list[Word]]] = []
    for row in _rows(words):
        if (
            clusters
            and row[0].top - clusters[-1][-1][0].top <= MAX_LEADING * row[0].size
            and not _is_whole(clusters[-1])
        ):
            clusters[-1].append(row)
        else:
            clusters.append([row])
    return clusters


def _is_whole(cluster: list[list[Word]]) -> bool:
    note = _note(cluster)
    return is_label(note) or find_range(note) is not None and not _join(cluster[-1]).endswith(DASHES)


def _note(cluster: list[list[Word]]) -> str:
    """Join the rows of a note; a place above a date is a piece of its own."""
    text = _join(cluster[0])
    for above, row in zip(cluster, cluster[1:]):
        joined = f"{text} {_join(row)}"
        is_one = any(char.isdigit() for char in _join(above)) or is_label(joined)
        text = joined if is_one else f"{text} | {_join(row)}"
    return text


def _with_notes(words: list[Word]) -> list[Word]:
    """Move the dates in a margin into the rows that they stand beside."""
    if not words:
        return words
    width = max(word.x1 for word in words) - min(word.x0 for word in words)
    for _, x in _strips(words):
        for narrow in ([word for word in words if word.x1 <= x], [word for word in words if word.x0 >= x]):
            if narrow and _is_margin(narrow, width):
                own = {id(word) for word in narrow}
                others = [word for word in words if id(word) not in own]
                return [*others, *(_in_row_of(cluster, _rows(others)) for cluster in _clusters(narrow))]
    return words


def _in_row_of(cluster: list[list[Word]], rows: list[list[Word]]) -> Word:
    """Return a note as one word in the row beside its first row, if there is one."""
    first = cluster[0][0]
    near = min(rows, key=lambda row: abs(row[0].bottom - first.bottom), default=cluster[0])
    level = near[0] if abs(near[0].bottom - first.bottom) <= first.size else first
    left, right = min(row[0].x0 for row in cluster), max(row[-1].x1 for row in cluster)
    return Word(_note(cluster), left, right, level.top, level.bottom, first.size, first.bold)


def _is_table(words: list[Word], x: float) -> bool:
    """Return whether the left side has labels, each in the row where its list begins on the right."""
    left = _rows([word for word in words if word.x1 <= x])[1:]  # the first one is the heading
    right = _rows([word for word in words if word.x0 >= x])
    tops = [row[0].bottom for row in right]
    level = sum(any(abs(row[0].bottom - top) <= ROW_TOLERANCE for top in tops) for row in left)
    lists = sum("," in _join(row) for row in right)
    labels = sum("," not in _join(row) for row in left)
    return level == len(left) == labels and 2 * lists > len(right)


def _rows(words: list[Word]) -> list[list[Word]]:
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


def _lines(rows: list[list[Word]], edge: float) -> Iterator[RawLine]:
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
    alike = abs(size - row[0].size) < 0.3 and _is_bold(above) == _is_bold(row)
    near = 0 < row[0].top - above[0].top <= MAX_LEADING * size
    indent = row[0].x0 - above[0].x0
    mark = bool(BULLET.match(above[0].text + " ")) and above[0].text.strip("-–—•·●▪◦‣∙ ") == ""
    # Lines of an item are indented behind its bullet.
    placed = -1 <= indent <= 3 * size if mark else abs(indent) <= 1
    # A blank is about 0.3 of the font size wide. A date at the right edge is a cell of its own, not a full line.
    full = above[-1].x1 + 0.3 * size + (row[0].x1 - row[0].x0) > edge and len(_cells(above)) == 1
    prose = spaced or row[0].text[0].islower() or len(above) >= MIN_PROSE or size >= HEADING_SIZE
    broken = full and prose and not ADDRESS.search(row[0].text) or bool(OPEN_END.search(_join(above)[-LINE_END:]))
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


def _is_bold(words: list[Word]) -> bool:
    return all(word.bold for word in words)


def _parts(rows: list[list[Word]]) -> Iterator[tuple[list[Word], RawLine]]:
    """Yield rows split by font size, each with its line; a large distance between rows is a gap."""
    rows = _with_own_notes(rows)
    usual = _usual_step(rows)
    for number, row in enumerate(rows):
        gap = number > 0 and _is_gap(rows[number - 1], row, usual)
        for part in _split_by_size(row):
            size = round(max(word.size for word in part), 1)
            yield part, RawLine(_join(part, CUT), size=size, bold=_is_bold(part), gap=gap)


def _usual_step(rows: list[list[Word]]) -> float:
    return float(median([below[0].top - above[0].top for above, below in zip(rows, rows[1:])] or [0.0]))


def _is_gap(above: list[Word], row: list[Word], usual: float) -> bool:
    return bool(row[0].top - above[0].top > 1.45 * usual)


def _with_own_notes(rows: list[list[Word]]) -> list[list[Word]]:
    """Move a note at the right edge that continues in the next row to the row where it begins."""
    settled = [list(row) for row in rows]
    for above, row in zip(settled, settled[1:]):
        if not above:  # its only cell was moved up
            continue
        cells, cells_above = _cells(row), _cells(above)
        if len(cells_above) < 2:
            continue
        note, begun = cells[-1], cells_above[-1]
        aligned = abs(note[-1].x1 - begun[-1].x1) <= 3 or abs(note[0].x0 - begun[0].x0) <= 1
        near = row[0].top - above[0].top <= 1.8 * note[0].size
        if aligned and near and _ends_note(_join(begun), _join(note), len(cells)):
            if begun[-1].text.endswith(DASHES):
                above[-1] = replace(above[-1], text=f"{above[-1].text} {_join(note)}")  # one range
            else:
                above.extend(note)
            del row[-len(note) :]
    return [row for row in settled if row]


def _ends_note(begun: str, note: str, cells: int) -> bool:
    """Return whether a note continues: a place above a range beside other text, or a range broken in two."""
    if begun.endswith(DASHES) and find_range(f"{begun} {note}"):
        return True
    return cells > 1 and find_range(note) is not None and not any(char.isdigit() for char in begun)


def _cells(row: list[Word]) -> list[list[Word]]:
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


def _join(row: list[Word], cut: str = "") -> str:
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
