"""The pieces of a line in an entry: what stands between separators, and what it may be."""

from __future__ import annotations

import re
from dataclasses import replace

from app.services.resumes.resume_parser._dates import DateRange, find_range, find_single
from app.services.resumes.resume_parser._gazetteer import (
    US_STATES,
    has_company_form,
    has_company_word,
    has_title_word,
    is_city,
    is_institution,
)
from app.services.resumes.resume_parser._lines import Line, separators, without_tail
from app.services.resumes.resume_parser._places import STATE, is_place
from app.services.resumes.resume_parser._word_lists import either, files, written

# Commas part only where one side is known to be a title or a place: "Ames, Bode and Cole" is one company.
_AT = either(word for word in written("linking", "at") if len(word) > 1)
SPLIT = re.compile(
    rf"\s+\|\s+|\s*;\s+|\s+,\s+|\s*[•·●▪]\s+|\s+[–—-]\s+|\s+/\s+|\s+@\s+|\s{{2,}}|\s*[\[\]]\s*|\s+{_AT}\s+"
)
OPENING = re.compile(r"\s+\(")
MAX_CITY = 3  # words
MARKS = " (,|–—-:/[];~"
# "6 years 2 months", "4 ans 3 mois", "2 J. 3 Mon."
_UNIT = r"(?:\d+|an?|one|less than a)\+?\s*(?:years?|yrs?|y|months?|mos?|m|jahre?n?|j|monate?n?|mon|ans?|mois|años?|meses|mes|anos?|mês|anni|anno|mesi|mese|jaar|maand(?:en)?|mnd|lata?|lat|rok|mies(?:iące|ięcy|iąc)?|msc)\.?"
DURATION = re.compile(rf"\(?{_UNIT}(?:[\s,]+(?:(?:and|und|et|y|e|i|en)\s+)?{_UNIT})?\)?", re.IGNORECASE)


def labels(*names: str) -> dict[str, re.Pattern[str]]:
    """Return the patterns of the labels of an entry, such as "Employer: " and a line that is nothing else."""
    return {name: re.compile(rf"^{either(written('entries', name))}\s*(?::\s*|$)", re.IGNORECASE) for name in names}


LABELS = labels("company", "title", "period", "place")
ANY_LABEL = re.compile(
    either(
        word
        for lists in files().values()
        for table in ("entries", "labels")
        for words in lists[table].values()
        for word in words
    )
    + r"\s*:?",
    re.IGNORECASE,
)
TASKS = re.compile(rf"^{either(written('entries', 'tasks'))}\s*:?$", re.IGNORECASE)


def dates_of(line: Line) -> DateRange | None:
    """Return the range of a line, or a single date at its end as a range whose end is empty or the same year."""
    found = find_range(line.text)
    if found:
        return found
    single = find_single(line.text)
    if single is None:
        return None
    value, (begin, end) = single
    rest = f"{line.text[:begin]} {line.text[end:]}".strip(MARKS + ".)")
    if line.text[end:].strip(" )].|") and rest:  # within a sentence
        return None
    return DateRange(value, (begin, end), value if len(value) == 4 else "", (begin, end), (begin, end))


def pieces_of(line: Line, dates: DateRange | None = None) -> list[Line]:
    """Return the pieces of a line without its dates, durations and places."""
    parts = [line]
    if dates:
        parts = [line.part(0, dates.span[0]), line.part(dates.span[1], len(line.text))]
    found = [piece for part in parts for piece in _pieces(part)]
    return [piece for piece in found if not DURATION.fullmatch(piece.text)]


def _pieces(line: Line) -> list[Line]:
    pieces, label = [], ""
    for piece in map(trimmed, line.between(separators(line, SPLIT))):
        for name, pattern in LABELS.items():
            if match := pattern.match(piece.text):
                label, piece = name, trimmed(piece.part(match.end(), len(piece.text)))
                break
        if piece.text:
            found = [replace(each, label=label) for each in _without_brackets(piece)]
            pieces += [each for each in found if len(each.text) > 1 and label not in ("period", "place")]
            label = ""
    return pieces


def is_table_head(pieces: list[str]) -> bool:
    """Return whether texts are the heads of columns, such as Period, Employer, Position: most of them are labels."""
    named = [any(pattern.fullmatch(piece.strip()) for pattern in LABELS.values()) for piece in pieces]
    return len(pieces) > 1 and 2 * sum(named) > len(pieces)


def is_label(text: str) -> bool:
    """Return whether a text is a label of an entry or of a contact block, alone."""
    return ANY_LABEL.fullmatch(text.strip()) is not None


def is_list_of_labels(texts: list[str]) -> bool:
    """Return whether texts are mostly labels, as in the left column of a form."""
    return len(texts) > 1 and sum(map(is_label, texts)) > len(texts) / 2


def _without_brackets(piece: Line) -> list[Line]:
    """Return a piece and what stands in brackets behind it, if that is a place or a kind of work."""
    match = OPENING.search(piece.text)
    if match is None:
        return [piece]
    inside = piece.part(match.end(), len(piece.text.rstrip(")")))
    if is_location(inside.text) or DURATION.fullmatch(inside.text):
        return [piece.part(0, match.start()), inside]
    return [piece]


def trimmed(piece: Line, marks: str = MARKS) -> Line:
    """Return a piece without separators at its ends; `marks` are those at its beginning."""
    lead = len(piece.text) - len(piece.text.lstrip(marks))
    return piece.part(lead, len(without_tail(piece.text)))


def is_location(text: str) -> bool:
    """Return whether a piece is nothing but a place: a city, alone or with its region and country."""
    parts = [part.strip() for part in text.split(",")]
    head, last = parts[0], parts[-1]
    if not head or has_company_word(head) or has_title_word(text) or is_institution(text):
        return not last == head and is_place(last) and is_city(head) or len(parts) == 1 and is_place(text)
    if len(parts) == 1:
        state = STATE.fullmatch(text)  # "Sydney NSW"
        return is_place(text) or is_city(text) or state is not None and is_city(state[1])
    is_region = _is_region(last)
    if len(parts) == 2:  # a village that nobody knows, in a country
        return (
            is_region
            and len(head.split()) <= MAX_CITY
            or is_city(head)
            and (is_city(last) or STATE.fullmatch(text) is not None)
        )
    is_name = is_city(parts[-2]) and last in US_STATES  # "Northgate, Boulder, CO": what is before a city and its state
    return is_city(head) and (is_region or is_city(last)) and not is_name


def _is_region(text: str) -> bool:
    """Return whether a text behind a comma is a region, a country or the code of one."""
    return is_place(f"x, {text}") or len(text) == 2 and text.isupper()


def without_place(piece: Line) -> Line:
    """Return a piece without the region and the city behind its last commas."""
    for is_region in (True, False):
        head, comma, tail = piece.text.rpartition(",")
        last = tail.strip()
        is_form = has_company_form(last) and last not in US_STATES  # CO is Colorado
        known = _is_region(last) if is_region else is_location(last)
        if comma and known and not is_form:
            piece = piece.part(0, len(head))
    return piece


def title_weight(text: str) -> int:
    """Return how much a piece looks like a title."""
    return (
        (2 if has_title_word(text) else 0) - (3 if has_company_form(text) else 0) - (1 if is_institution(text) else 0)
    )


def company_weight(text: str) -> int:
    """Return how much a piece looks like an employer."""
    known = 3 if has_company_form(text) else 1 if has_company_word(text) or is_institution(text) else 0
    return known - (2 if has_title_word(text) and known < 3 else 0)
