"""Places: cities with their region or country, and where the person lives."""

from __future__ import annotations

import re

from app.schemas.parsed_resume_schema import Fact
from app.services.resumes.resume_parser._contact_points import has_reach
from app.services.resumes.resume_parser._gazetteer import (
    INSTITUTION_WORDS,
    LANGUAGE_NAMES,
    LEVELS,
    US_STATES,
    countries,
    has_title_word,
    is_city,
    is_institution,
    section_of,
)
from app.services.resumes.resume_parser._lines import Line
from app.services.resumes.resume_parser._word_lists import either, written
from app.utils.text import fold

US_NAMES = frozenset({"georgia"})  # names of states that are also names of countries
KINDS_OF_WORK = frozenset("remote hybrid on-site onsite full-time part-time contract homeoffice".split())
MAX_LINE = 300  # characters; longer lines are prose
MAX_HEAD = 200  # lines that are searched
MAX_REGION = 4  # words of a region
LEAST = 0.9  # of a lone city in a line of its own
NEAR = 2  # lines between a place and a contact point
PIECES = re.compile(
    r"\s*[|•·●▪;~✉☎✦]\s*|\s{2,}|\s+/\s+|\s+[–—]\s+|\.\s+(?=[+(\d]|\S+@)|\s+(?=\S+@)|\s+(?=\+\d|\(\d{3}\))"
)
ADDRESS = re.compile(rf"^{either([*written('labels', 'address'), 'location', 'address'])}\s*[:.]\s*", re.IGNORECASE)
OTHER_LABEL = re.compile(
    rf"^{either([*written('labels', 'birth'), *written('labels', 'nationality'), *written('labels', 'other')])}\b",
    re.IGNORECASE,
)
# "CH-8400 Winterthur", "1071 AB Amsterdam", "New Orleans LA 70112", "Leeds LS1 4AP".
POSTCODE = re.compile(
    r"^(?:[A-Z]{1,2}[- ])?\d{2}-?\d{2,4}(?:-\d{3})?(?:\s[A-Z]{2}(?=\s))?\s+|\s+[A-Z]{2}\s\d{5}(?:-\d{4})?$|\s+\d{4,6}$|\s+[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}$"
)
STATE = re.compile(r"(.{3,}) [A-Z]{2,3}")


def is_place(text: str) -> bool:
    """Return whether a piece is a `City, Region`, a country or a kind of employment, and not a name."""
    last = text.rsplit(",", 1)[-1].strip()
    if fold(text) in KINDS_OF_WORK:
        return True
    # Two letters alone are no place: IT is a department rather than the code of Italy.
    is_region = last in US_STATES or fold(last) in countries()
    return ("," in text or len(last) > 2) and is_region and not has_title_word(text)


def find_place(lines: list[Line], taken: set[str]) -> Fact | None:
    """Return where the person lives: the city that an address, a region or a contact point beside it supports best."""
    lines = lines[:MAX_HEAD]
    reach = [at for at, line in enumerate(lines) if has_reach(line.text)]
    best: tuple[float, Fact] | None = None
    for at, line in enumerate(lines):
        if len(line.text) > MAX_LINE or section_of(line.text):
            continue
        away = min((abs(at - each) for each in reach), default=NEAR + 1)
        is_prose = line.text.endswith(".") and not has_reach(line.text)
        for fact, support in () if is_prose else _places(line, taken):
            score = support + (1.0 if away <= NEAR else 0.0) - 0.02 * at
            if score > (best[0] if best else LEAST):
                best = (score, fact)
    return best[1] if best else None


def _places(line: Line, taken: set[str]) -> list[tuple[Fact, float]]:
    """Return the cities of a line, each with its region, and how much speaks for it."""
    found = []
    for piece in line.between(match.span() for match in PIECES.finditer(line.text)):
        label = ADDRESS.match(piece.text)
        if label:
            piece = piece.part(label.end(), len(piece.text))
        if piece.text and not OTHER_LABEL.match(piece.text):
            found += [(fact, support + (1.0 if label else 0.0)) for fact, support in _cities(piece, taken)]
    return found


def _cities(piece: Line, taken: set[str]) -> list[tuple[Fact, float]]:
    found = []
    parts = _parts(piece)
    for number, part in enumerate(parts):
        code = POSTCODE.search(part.text)
        name = (part.text[: code.start()] + part.text[code.end() :]).strip() if code else part.text
        name = name.strip(" ()")
        region = _region(parts[number + 1 :])
        if not region and (state := STATE.fullmatch(name)) and is_city(state[1]):  # "Hamburg DE"
            name, region = state[1], [part]
        if not name or _is_other(name, taken):
            continue
        is_known = is_city(name)
        if not is_known and not (region and (number == 0 or code) and _is_name(name)):
            continue
        support = (1.0 if is_known else 0.0) + (1.5 if region else 0.0) + (1.0 if code else 0.0) - 0.1 * number
        last = region[-1] if region else part
        text = piece.text[part.start - piece.start : last.end - piece.start].rstrip(" .)")
        if "(" in text and ")" not in text:
            text += ")" if piece.text[last.end - piece.start : last.end - piece.start + 1] == ")" else ""
        found.append((Fact(value=text, start=part.start, end=part.start + len(text)), support))
    return found


def _parts(piece: Line) -> list[Line]:
    apart = piece.between(match.span() for match in re.finditer(r",\s*|\s+\((?=\w)", piece.text))
    parts = [part.part(0, len(part.text.rstrip(" .)"))) for part in apart]
    return [part for part in parts if part.text]


def _region(parts: list[Line]) -> list[Line]:
    """Return the parts after a city up to the last that is a state or a country, if one of the next two is."""
    for number, part in enumerate(parts[:3]):
        text = POSTCODE.sub("", part.text).strip(" ().")
        code = text.split()[-1] if text else ""  # "Leinster IE"
        if code in US_STATES or _is_country(text) or len(code) == 2 and code.isupper():
            return parts[: number + 1]
        if not _is_name(text):
            break
    return []


def _is_name(text: str) -> bool:
    words = text.split()
    return (
        0 < len(words) <= MAX_REGION and text[0].isupper() and not any(char.isdigit() or char in "@:/" for char in text)
    )


def _is_other(name: str, taken: set[str]) -> bool:
    key = fold(name)
    if key in LANGUAGE_NAMES or key in LEVELS or key in countries() or has_title_word(name) or is_institution(name):
        return True
    # A part of the name or of the headline is no city either.
    return any(key == word for name in taken for word in (name, *name.split()))


def region_of(place: Fact | None) -> str | None:
    """Return the ISO country of a place, if its last part identifies one."""
    if place is None:
        return None
    last = POSTCODE.sub("", re.split(r"[,(]", place.value)[-1].strip(" ).")).strip()
    # These three are also the codes of India, Germany and Canada, which are taken instead of the states.
    if place.value.count(",") >= 1 and last in US_STATES and last not in ("IN", "DE", "CA"):
        return "US"
    code = last.split()[-1] if last else ""
    if fold(last) in US_NAMES and place.value.count(",") >= 1:  # "Atlanta, Georgia" is in the USA
        return "US"
    return countries().get(fold(last)) or (
        "US" if code in US_STATES else countries().get(code.lower()) if code.isupper() else None
    )


def _is_country(text: str) -> bool:
    """Return whether a text is a country, or a long country name cut at the end of the line."""
    name = fold(text)
    if set(name.split()) & INSTITUTION_WORDS:  # "Georgia Institute"
        return False
    # CLDR says "United States", texts "United States of America". Short names and codes begin too many other texts.
    return name in countries() or any(name.startswith(f"{known} ") for known in countries() if len(known) > 6)
