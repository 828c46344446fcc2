"""Narrow margins of dates or labels, each of which belongs to the row that it stands next to."""

from __future__ import annotations

from statistics import median

from app.services.resumes.resume_parser._dates import find_range, find_single
from app.services.resumes.resume_parser._page_rows import DASHES, MAX_LEADING, join, rows_of, strips
from app.services.resumes.resume_parser._pieces import is_label, is_list_of_labels
from app.services.resumes.resume_parser._words import Word

NARROW_ROW = 0.33  # share of the page's width, up to which a column of dates is narrow
MIN_DATES, SHARE_OF_DATES, SHARE_OF_ALL = 2, 0.6, 0.35  # dated notes of a margin, against long ones and all
MAX_PLACE = 25  # characters beside the date of a note


def is_margin(words: list[Word], width: float) -> bool:
    """Return whether the words are a narrow margin of dates or labels, each for what stands beside it."""
    if median([row[-1].x1 - row[0].x0 for row in rows_of(words)]) >= NARROW_ROW * width:
        return False
    notes = [_note(cluster) for cluster in _clusters(words)]
    if is_list_of_labels(notes):
        return True
    others = [note for note in notes if not _is_date(note)]
    dated = len(notes) - len(others)
    long = sum(len(note) > MAX_PLACE for note in others)
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
    for row in rows_of(words):
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
    return is_label(note) or find_range(note) is not None and not join(cluster[-1]).endswith(DASHES)


def _note(cluster: list[list[Word]]) -> str:
    """Join the rows of a note; a place above a date is a piece of its own."""
    text = join(cluster[0])
    for above, row in zip(cluster, cluster[1:]):
        joined = f"{text} {join(row)}"
        is_one = any(char.isdigit() for char in join(above)) or is_label(joined)
        text = joined if is_one else f"{text} | {join(row)}"
    return text


def with_notes(words: list[Word]) -> list[Word]:
    """Move the dates in a margin into the rows that they stand beside."""
    if not words:
        return words
    width = max(word.x1 for word in words) - min(word.x0 for word in words)
    for _, x in strips(words):
        for narrow in ([word for word in words if word.x1 <= x], [word for word in words if word.x0 >= x]):
            if narrow and is_margin(narrow, width):
                own = {id(word) for word in narrow}
                others = [word for word in words if id(word) not in own]
                return [*others, *(_in_row_of(cluster, rows_of(others)) for cluster in _clusters(narrow))]
    return words


def _in_row_of(cluster: list[list[Word]], rows: list[list[Word]]) -> Word:
    """Return a note as one word in the row beside its first row, if there is one."""
    first = cluster[0][0]
    near = min(rows, key=lambda row: abs(row[0].bottom - first.bottom), default=cluster[0])
    level = near[0] if abs(near[0].bottom - first.bottom) <= first.size else first
    left, right = min(row[0].x0 for row in cluster), max(row[-1].x1 for row in cluster)
    return Word(_note(cluster), left, right, level.top, level.bottom, first.size, first.bold)
