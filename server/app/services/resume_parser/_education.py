"""Education: blocks around degrees and institutions."""

from __future__ import annotations

import re

from app.schemas.candidate_resume_schema import EducationItem, Fact
from app.services.resume_parser._dates import find_range, find_single
from app.services.resume_parser._gazetteer import DEGREE, INSTITUTION_WORDS
from app.services.resume_parser._lines import Line
from app.services.resume_parser._work import is_place
from app.utils.text import fold

DEGREE_WORD = re.compile(DEGREE)
SPLIT = re.compile(
    r"\s+\|\s+|\s+[•·●]\s+|\s{3,}|\s+[–—-]\s+|\t|,\s+(?=[^,]*\b(?:University|College|School|Institute|Academy|Polytechnic)\b)|,\s+(?=(?:Bachelor|Master|Doctor|Diploma|Associate|Ph\.?D|B\.?Sc|M\.?Sc|MBA)\b)|\s+at\s+|\s+from\s+"
)
AREA = re.compile(r"^(?P<degree>.+?)\s+in\s+(?P<area>[A-Z].+)$")


def read_education(lines: list[Line]) -> list[EducationItem]:
    """Courses of study in the order of the document."""
    items: list[EducationItem] = []
    current = EducationItem()
    for line in lines:
        for kind, fact, area in _facts(line):
            if getattr(current, kind) is not None:
                items.append(current)
                current = EducationItem()
            setattr(current, kind, fact)
            if area is not None:
                current.area = area
    items.append(current)
    return [item for item in items if item.institution or item.degree]


def _facts(line: Line) -> list[tuple[str, Fact, Fact | None]]:
    """The institution, the degree (with its area) and the year that a line names, in their order."""
    found: list[tuple[int, str, Fact, Fact | None]] = []
    text, year = _cut_dates(line)
    if year:
        found.append((10_000, "end_year", year, None))
    at = 0
    for match in [*SPLIT.finditer(text), None]:
        end = match.start() if match else len(text)
        piece = line.part(at, end)
        at = match.end() if match else end
        piece = piece.part(0, len(piece.text.rstrip(" (,|–—-:;")))
        if len(piece.text) < 2 or is_place(piece.text):
            continue
        if DEGREE_WORD.search(piece.text):
            found.append((piece.start, "degree", *_degree(piece)))
        elif _is_institution(piece.text):
            found.append((piece.start, "institution", _fact(piece), None))
    return [(kind, fact, area) for _, kind, fact, area in sorted(found, key=lambda item: item[0])]


def _cut_dates(line: Line) -> tuple[str, Fact | None]:
    """The text before its date (dates blanked), and the year in which it ended."""
    span = find_range(line.text)
    if span:
        begin, end = span.end_span
        blank = (
            line.text[: span.span[0]]
            + " | "
            + " " * max(0, span.span[1] - span.span[0] - 3)
            + line.text[span.span[1] :]
        )
        if span.end == "present":
            return blank, None
        return blank, _year(line, begin, end)
    single = find_single(line.text)
    if single is None:
        return line.text, None
    begin, end = single[1]
    blank = line.text[:begin] + " " * (end - begin) + line.text[end:]
    return blank, _year(line, begin, end)


def _year(line: Line, begin: int, end: int) -> Fact | None:
    match = re.search(r"(?:19|20)\d{2}", line.text[begin:end])
    if match is None:
        return None
    start = line.start + begin + match.start()
    return Fact(value=match.group(), start=start, end=start + 4)


def _degree(piece: Line) -> tuple[Fact, Fact | None]:
    match = AREA.match(piece.text)
    if match is None:
        return _fact(piece), None
    area = piece.part(*match.span("area"))
    return _fact(piece.part(*match.span("degree"))), _fact(area)


def _is_institution(text: str) -> bool:
    words = set(re.findall(r"[^\W\d_]+", fold(text)))
    return bool(words & {fold(word) for word in INSTITUTION_WORDS})


def _fact(piece: Line) -> Fact:
    return Fact(value=piece.text, start=piece.start, end=piece.end)
