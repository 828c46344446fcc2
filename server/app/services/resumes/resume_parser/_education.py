"""Education: entries around degrees and institutions."""

from __future__ import annotations

import re

from app.schemas.parsed_resume_schema import EducationItem, Fact
from app.services.resumes.resume_parser._dates import find_range, find_single
from app.services.resumes.resume_parser._gazetteer import DEGREE, INSTITUTION_WORDS
from app.services.resumes.resume_parser._lines import Line, without_tail
from app.services.resumes.resume_parser._work import is_place
from app.utils.text import fold

DEGREE_WORD = re.compile(DEGREE)
# \s{3,} is a date that _cut_dates() has blanked: clean() leaves two spaces at most.
SPLIT = re.compile(
    r"\s+\|\s+|\s+,\s+|\s+[•·●]\s+|\s{3,}|\s+[–—-]\s+|,\s+(?=[^,]*\b(?:University|College|School|Institute|Academy|Polytechnic)\b)|\s+at\s+|\s+from\s+"
    rf"|,\s+(?={DEGREE})"
)
AREA_AFTER = re.compile(r"^(?P<degree>[^,/]+?)\s*[,/]\s*(?P<area>[A-Z].+)$")  # "B.Com, Civil Engineering"
AREA_BEFORE = re.compile(r"^(?P<area>[A-Z][^,/]+?)\s*[,/]\s*(?P<degree>.+)$")  # "Economics / Master of Arts"
LINKED = re.compile(r"\.?\s+(?:of|in|degree)\b")  # "BA in University Management": no school
MAX_LINE = 400  # characters; longer lines are prose
MAX_AREA = 6  # words of a field of study
MAX_SHORT = 8  # characters of an abbreviated degree, such as B.Com
AREA = re.compile(r"^(?P<degree>.+?)\s+in\s+(?P<area>[A-Z].+)$")  # "BSc in Physics"


def read_education(lines: list[Line]) -> list[EducationItem]:
    """Return the education entries in document order."""
    items: list[EducationItem] = []
    current = EducationItem()
    for line in lines:
        for kind, fact, area in _facts(line):
            if kind == "area" and current.area is not None:  # only a guess, which begins no entry
                continue
            if getattr(current, kind) is not None:  # the next entry, in whatever order its parts are
                items.append(current)
                current = EducationItem()
            setattr(current, kind, fact)
            if area is not None:
                current.area = area
    items.append(current)
    return [item for item in items if item.institution or item.degree]


def _facts(line: Line) -> list[tuple[str, Fact, Fact | None]]:
    """Return the institution, the degree (with its area) and the year that a line contains, in order."""
    if len(line.text) > MAX_LINE:
        return []
    text, year = _cut_dates(line)
    found: list[tuple[str, Fact, Fact | None]] = []
    for piece in _pieces(line, text):
        if DEGREE_WORD.search(piece.text):
            found.append(("degree", *_degree(piece)))
        elif _is_institution(piece.text):
            found.append(("institution", _fact(piece), None))
        elif found and found[-1][0] == "institution" and _is_area(piece.text):
            found.append(("area", _fact(piece), None))
    return [*found, ("end_year", year, None)] if year else found


def _pieces(line: Line, text: str) -> list[Line]:
    """Return the pieces between separators; a school of a university stays one piece, a short degree is split off."""
    spans: list[tuple[int, int]] = []
    at = 0
    for match in [*SPLIT.finditer(text), None]:
        end = match.start() if match else len(text)
        # "Ames Institute, University of Turin" is one institution.
        if spans and text[spans[-1][1] : at].strip() == "," and _is_institution(text[slice(*spans[-1])]):
            if not DEGREE_WORD.search(text[slice(*spans[-1])]) and _is_institution(text[at:end]):
                spans[-1] = (spans[-1][0], end)
                at = match.end() if match else end
                continue
        degree = DEGREE_WORD.match(text, at)
        if degree and degree.end() - at <= MAX_SHORT and _is_institution(text[degree.end() : end]):
            if not LINKED.match(text, degree.end()):
                # The full stop of "B.Eng." belongs to the degree.
                cut = degree.end() + (text[degree.end() : degree.end() + 1] == ".")
                spans.append((at, cut))
                at = cut
        spans.append((at, end))
        at = match.end() if match else end
    pieces = [line.part(*span) for span in spans]
    pieces = [piece.part(0, len(without_tail(piece.text))) for piece in pieces]
    return [piece for piece in pieces if len(piece.text) > 1 and not is_place(piece.text)]


def _cut_dates(line: Line) -> tuple[str, Fact | None]:
    """Return the text with its date blanked, and the end year."""
    span = find_range(line.text)
    if span:
        begin, end = span.end_span
        # As long as before, so that positions stay valid; the bar separates what is on both sides.
        blank = (
            line.text[: span.span[0]]
            + " | "
            + " " * max(0, span.span[1] - span.span[0] - 3)
            + line.text[span.span[1] :]
        )
        if span.end == "present":  # still studying: there is no end year
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
    for form in (AREA, AREA_AFTER, AREA_BEFORE):
        match = form.match(piece.text)
        if match and DEGREE_WORD.search(match["degree"]) and not DEGREE_WORD.search(match["area"]):
            return _fact(piece.part(*match.span("degree"))), _fact(piece.part(*match.span("area")))
    return _fact(piece), None


def _is_area(text: str) -> bool:
    """Return whether a text is a field of study: few words, no digits."""
    return len(text.split()) <= MAX_AREA and text[0].isupper() and not any(char.isdigit() for char in text)


def _is_institution(text: str) -> bool:
    words = set(re.findall(r"[^\W\d_]+", fold(text)))
    return bool(words & INSTITUTION_WORDS)


def _fact(piece: Line) -> Fact:
    return Fact(value=piece.text, start=piece.start, end=piece.end)
