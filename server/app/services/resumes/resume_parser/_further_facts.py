"""What resumes have besides positions, studies and skills: summary, languages, certifications, projects, publications."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from app.schemas.parsed_resume_schema import CertificationItem, Fact, LanguageItem, ProjectItem, PublicationItem
from app.services.resumes.resume_parser._dates import PRESENT, find_single
from app.services.resumes.resume_parser._gazetteer import LANGUAGE, LEVELS
from app.services.resumes.resume_parser._lines import Line
from app.services.resumes.resume_parser._pieces import dates_of, pieces_of, trimmed
from app.services.resumes.resume_parser._word_lists import either
from app.utils.text import fold

MAX_SUMMARY = 2000  # characters
MAX_NAME = 14  # words of the name of a certification or a project; longer lines describe it
MAX_LINE = 400  # characters
MARKS = " •·●|,–—-"
LEAST_LETTERS = 3  # of a title; less is a date or a dash
PARTS = re.compile(r"\s*[|,;:•·●▪()\[\]/]+\s*|\s+[–—-]+\s+|\s{2,}|\.\s+")
LEVEL = re.compile(rf"(?:{either(LEVELS)}|[abc][12]\+?)(?!\w)")
# "First Aid, Red Cross", "First Aid (Red Cross, "
ISSUER = re.compile(
    r"^(?P<name>[^()]+?)(?:,\s+(?P<issuer>[A-ZÀ-Ž][^,()\d]{2,})|\s+\((?P<bracketed>[^(),\d]{2,}),?\s*)$"
)
EXPIRY = re.compile(
    r"[\s,;(–—-]*\b(?:expir\w+|valid (?:until|till|through|to)|gültig bis|valable jusqu|válid[oa] (?:hasta|até)|valid[oa] fino"
    r"|geldig tot|ważn\w+ do)\b.*",
    re.IGNORECASE,
)
QUOTED = re.compile(r"[\"“„«](.{8,300}?)[\"”“»]")
TITLED = re.compile(r"^([^:]{3,80}):\s")  # "Quay Watch: a dashboard of berths"


def read_summary(parts: list[list[Line]], text: str) -> Fact | None:
    """Return the first summary as one text, without the lines that no longer fit."""
    lines = next((part for part in parts if part), [])
    kept = [line for line in lines if line.end - lines[0].start <= MAX_SUMMARY]
    if not kept:
        return None
    start, end = kept[0].start, kept[-1].end
    return Fact(value=" ".join(text[start:end].split()), start=start, end=end)


def read_languages(lines: list[Line]) -> list[LanguageItem]:
    """Return the languages, each with the level behind it, in the same line or below."""
    found: dict[str, LanguageItem] = {}
    current: LanguageItem | None = None
    for piece in (piece for line in lines for piece in _parts_of(line) if piece.text):
        folded = fold(piece.text)
        # Letters that fold into two would shift the offsets.
        match = LANGUAGE.match(folded) if len(folded) == len(piece.text) else None
        if match:
            name = piece.part(0, match.end())
            current = found.setdefault(fold(name.text), LanguageItem(language=name.as_fact()))
            piece = piece.part(match.end(), len(piece.text))
            folded = fold(piece.text)
        if current and current.level is None and LEVEL.match(folded):
            current.level = piece.as_fact()
    return list(found.values())


def read_certifications(lines: list[Line]) -> list[CertificationItem]:
    """Return the certifications with their issuers and dates."""
    items: list[CertificationItem] = []
    for first, details in _entries([_without_expiry(line) for line in lines]):
        name, issuer = _name_and_issuer(first, details)
        if name is None:
            continue
        date = next((date for line in (first, *details) if (date := _date(line))), None)
        items.append(CertificationItem(name=name.as_fact(), issuer=issuer.as_fact() if issuer else None, date=date))
    return items


def _without_expiry(line: Line) -> Line:
    """Return a line without until when something is valid."""
    found = EXPIRY.search(line.text[:MAX_LINE])
    return line.part(0, found.start()) if found else line


def _name_and_issuer(first: Line, details: list[Line]) -> tuple[Line | None, Line | None]:
    dates = dates_of(first)
    alone = trimmed(first.part(0, dates.span[0]) if dates else first, MARKS + "(")
    if len(alone.text) <= MAX_LINE and (match := ISSUER.match(alone.text)):
        return alone.part(*match.span("name")), alone.part(*match.span(match.lastgroup or "issuer"))
    names = [piece for line in (first, *details) for piece in pieces_of(line, dates_of(line))]
    issuer = names[1].part(0, len(names[1].text.rstrip(MARKS))) if names[1:] else None
    return names[0] if names else None, issuer


def read_projects(lines: list[Line]) -> list[ProjectItem]:
    """Return the projects with their dates; what describes them is left out."""
    items: list[ProjectItem] = []
    for first, details in _entries(lines, with_dates=True):
        dated = next((line for line in (first, *details) if dates_of(line)), first)
        dates = dates_of(dated)
        names = pieces_of(first, dates if dated is first else None)
        if not names:
            continue
        name = names[0].part(*match.span(1)) if (match := TITLED.match(names[0].text)) else names[0]
        item = ProjectItem(name=name.as_fact())
        if dates:
            item.start_date = _fact(dated, dates.start, dates.start_span)
            item.end_date = _fact(dated, dates.end, dates.end_span) if dates.end else None
        items.append(item)
    return items


def read_publications(lines: list[Line]) -> list[PublicationItem]:
    """Return the titles of publications, in quotation marks or as the whole entry, with their dates."""
    items: list[PublicationItem] = []
    for line in lines:
        if len(line.text) > MAX_LINE:
            continue
        goes_on = items and items[-1].date is None and not line.bullet and line.text[:1].islower()
        if goes_on:
            items[-1].date = _date(line)
            continue
        quoted = QUOTED.search(line.text)
        title = trimmed(line.part(*quoted.span(1)) if quoted else line, MARKS)
        if sum(char.isalpha() for char in title.text) >= LEAST_LETTERS:
            items.append(PublicationItem(title=title.as_fact(), date=_date(line)))
        elif items and items[-1].date is None:
            items[-1].date = _date(line)
    return items


def _entries(lines: list[Line], with_dates: bool = False) -> Iterator[tuple[Line, list[Line]]]:
    """Yield the first line of each entry with the lines below it.

    `with_dates` says that all entries have dates if the first one has.
    """
    begins = _beginning(lines, with_dates and bool(lines) and dates_of(lines[0]) is not None)
    first: Line | None = None
    details: list[Line] = []
    for line in lines:
        if first is None or begins(line):
            if first:
                yield first, details
            first, details = line, []
        else:
            details.append(line)
    if first:
        yield first, details


def _beginning(lines: list[Line], dated: bool) -> Callable[[Line], bool]:
    """Return what tells the first line of an entry: it is short, has a name, and the type of the first of all."""
    form = _form(lines[0]) if lines else None

    def begins(line: Line) -> bool:
        is_short = len(line.text) <= MAX_LINE and len(line.text.split()) <= MAX_NAME or TITLED.match(line.text)
        is_like_first = line.bullet or not dated or dates_of(line) is not None
        return bool(is_short and is_like_first and _form(line) == form and pieces_of(line, dates_of(line)))

    return begins


def _form(line: Line) -> tuple[float, bool, bool]:
    return line.size, line.bold, line.bullet


def _parts_of(line: Line) -> Iterator[Line]:
    return line.between(match.span() for match in PARTS.finditer(line.text))


def _date(line: Line) -> Fact | None:
    """Return the last date of a line; a range ends with it."""
    if (dates := dates_of(line)) and dates.end and dates.end != PRESENT:
        return _fact(line, dates.end, dates.end_span)
    single = find_single(line.text)
    return _fact(line, *single) if single else None


def _fact(line: Line, value: str, span: tuple[int, int]) -> Fact:
    return Fact(value=value, start=line.start + span[0], end=line.start + span[1])
