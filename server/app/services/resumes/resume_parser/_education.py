"""Education: entries around degrees and institutions."""

from __future__ import annotations

import re
from dataclasses import replace

from app.schemas.parsed_resume_schema import EducationItem, Fact
from app.services.resumes.resume_parser._dates import find_range, find_single
from app.services.resumes.resume_parser._gazetteer import find_degree, is_institution
from app.services.resumes.resume_parser._lines import Line, separators
from app.services.resumes.resume_parser._pieces import is_location, labels, trimmed
from app.services.resumes.resume_parser._places import is_place
from app.services.resumes.resume_parser._word_lists import either, written
from app.utils.text import fold

# \s{3,} is a date that _cut_dates() has blanked: clean() leaves two spaces at most.
SPLIT = re.compile(
    rf"\s+\|\s+|\s*[,;]\s+|:\s+|\s+[•·●]\s+|\s{{3,}}|\s+[–—-]\s+|\s+/\s+|\s+{either(written('linking', 'at'))}\s+"
)
MARKS = " (,|–—-:/["
OF_AREA = either(written("linking", "of_area"))
AREA = re.compile(rf"^(?P<degree>.+?)\s+{OF_AREA}\s+(?P<area>\S.+)$")  # "BSc in Physics"
LINK = re.compile(rf"^{OF_AREA}\s+(?=[A-ZÀ-Ž])")
HONOURS = re.compile(r"\s*\([^)]{2,20}\)")
NO_AREA = re.compile(r"^(?:of|de|d['’]|di|del|der|des|da|do|du|degree)\b|^[IVX]+\b|^\(|^\W|^\d")
KINDS = ("institution", "degree", "area", "grade", "period", "place")
LABELS = labels(*KINDS)
NO_FACT = re.compile(rf"^{either([*written('entries', 'grade'), *written('entries', 'tasks')])}\b", re.IGNORECASE)
MAX_LINE = 400  # characters; longer lines are prose
MAX_SHORT = 8  # characters of an abbreviated degree, such as B.Com
MAX_AREA = 7  # words of a field of study
MAX_PROSE = 14  # words of a bullet that is still an entry


def read_education(lines: list[Line]) -> list[EducationItem]:
    """Return the education entries in document order."""
    items: list[EducationItem] = []
    current = EducationItem()
    for line in lines:
        for kind, fact, area in _facts(line):
            if kind == "area" and (current.area is not None or not (current.degree or current.institution)):
                continue  # only a guess, which begins no entry
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
    if len(line.text) > MAX_LINE or line.bullet and len(line.text.split()) > MAX_PROSE:
        return []
    text, year = _cut_dates(line)
    found: list[tuple[str, Fact, Fact | None]] = []
    for piece in _pieces(line, text):
        kind = piece.label or _kind(piece)
        if kind == "degree":
            degree = find_degree(piece.text)
            split = _behind_short_degree(piece, degree.end()) if degree else None
            if split:  # "B.Eng. University of Turin"
                found += [("degree", split[0].as_fact(), None), ("institution", split[1].as_fact(), None)]
                continue
            fact, area = _degree(piece)
            if area is None and found and found[-1][0] == "area":  # "Economics / Master of Arts"
                area = found.pop()[1]
            found.append(("degree", fact, area))
        elif kind == "institution" and found and found[-1][0] == "institution":  # "Ames Institute, University of Turin"
            found[-1] = ("institution", _joined(line, found[-1][1], piece), None)
        elif kind == "area" and found and found[-1][0] == "degree" and found[-1][2] is None:
            found[-1] = ("degree", found[-1][1], piece.as_fact())
        elif kind in ("institution", "area"):
            found.append((kind, piece.as_fact(), None))
    return [*found, ("end_year", year, None)] if year else found


def _kind(piece: Line) -> str:
    """Return what a piece names: a degree, an institution, perhaps a field of study, or nothing of these."""
    text = piece.text
    if NO_FACT.match(text):
        return ""
    degree = find_degree(text)
    if degree and is_institution(degree.group().split()[-1]) and degree.group() != fold(text):
        degree = None  # "Lincoln High School", "Goethe-Gymnasium"
    if degree and (degree.start() == 0 or not is_institution(text[: degree.start()])):
        return "degree"
    if is_institution(text):
        return "institution"
    return "area" if _is_area(text) and not is_location(text) and not is_place(text) else ""


def _pieces(line: Line, text: str) -> list[Line]:
    """Return the pieces between separators, and where the type changes, each with its label."""
    blanked = replace(line, text=text)
    pieces, at, label = [], 0, ""
    for end, following in [*separators(blanked, SPLIT), (len(text), len(text))]:
        piece = trimmed(line.part(at, end), MARKS)
        at = following
        for name, pattern in LABELS.items():
            match = pattern.match(piece.text)
            # "Diploma: Optics" is a degree and its field, "Diploma: BSc" a label and a degree.
            if match and (not find_degree(piece.text) or find_degree(text[following:])):
                is_only = match.end() == len(piece.text)
                label, piece = (name if is_only or ":" in match.group() else label), piece.part(
                    match.end(), len(piece.text)
                )
                break
        if link := LINK.match(piece.text):
            piece = piece.part(link.end(), len(piece.text))
        if len(piece.text) > 1:
            pieces.append(replace(piece, label=label))
            label = ""
    return pieces


def _cut_dates(line: Line) -> tuple[str, Fact | None]:
    """Return the text with its date blanked, and the end year."""
    span = find_range(line.text)
    if span:
        # As long as before, so that positions stay valid; the bar separates what is on both sides.
        begin, end = span.span
        blank = line.text[:begin] + " | ".ljust(end - begin)[: end - begin] + line.text[end:]
        if span.end == "present":  # still studying: there is no end year
            return blank, None
        return blank, _year(line, *span.end_span, span.end)
    single = find_single(line.text)
    if single is None:
        return line.text, None
    begin, end = single[1]
    blank = line.text[:begin] + " " * (end - begin) + line.text[end:]
    return blank, _year(line, begin, end, single[0])


def _year(line: Line, begin: int, end: int, value: str) -> Fact:
    """Return the year of a date, at its digits: the last two in 2017-19."""
    at = line.text.find(value[:4], begin, end)
    if at >= 0:
        begin, end = at, at + 4
    return Fact(value=value[:4], start=line.start + begin, end=line.start + end)


def _degree(piece: Line) -> tuple[Fact, Fact | None]:
    """Return a degree and its field of study: behind a linking word, or right behind an abbreviation or one word."""
    match = AREA.match(piece.text)
    if match and find_degree(match["degree"]) and not find_degree(match["area"]):
        return piece.part(*match.span("degree")).as_fact(), piece.part(*match.span("area")).as_fact()
    degree = find_degree(piece.text)
    end = degree.end() if degree else 0
    if honours := HONOURS.match(piece.text, end):
        end = honours.end()
    rest = piece.part(end, len(piece.text)) if degree and degree.start() == 0 else None
    if rest and rest.text[:1].isupper() and not NO_AREA.match(rest.text) and not find_degree(rest.text):
        if not re.search(r"\b(?:of|de|di|en|in)$", degree.group() if degree else ""):
            return piece.part(0, end).as_fact(), rest.as_fact()
    return piece.as_fact(), None


def _is_area(text: str) -> bool:
    """Return whether a text is a field of study: few words, no digits."""
    is_short = len(text.split()) <= MAX_AREA and not any(char.isdigit() for char in text)
    return is_short and text[0].isupper() and fold(text) not in ("remote", "online")


def _behind_short_degree(piece: Line, end: int) -> tuple[Line, Line] | None:
    """Return an abbreviated degree and the institution right behind it, in one piece."""
    end += piece.text[end : end + 1] == "."  # the full stop of "B.Eng." belongs to the degree
    rest = piece.part(end, len(piece.text))
    is_linked = LINK.match(rest.text) or re.match(r"(?:of|degree)\b", rest.text)
    if end > MAX_SHORT or is_linked or not is_institution(rest.text) or find_degree(rest.text):
        return None
    return piece.part(0, end), rest


def _joined(line: Line, before: Fact, piece: Line) -> Fact:
    begin, end = before.start - line.start, piece.end - line.start
    return Fact(value=line.text[begin:end], start=before.start, end=piece.end)
