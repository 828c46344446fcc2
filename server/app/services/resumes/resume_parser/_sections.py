"""Sections by their headings."""

from __future__ import annotations

import re
from statistics import median

from app.services.resumes.resume_parser._gazetteer import SECTION_OF
from app.services.resumes.resume_parser._lines import Line
from app.utils.text import fold

HEADING_MARKS = " :.-–—_|#*="  # decoration, as in "== Skills =="
# Page numbers and titles, which could otherwise become an entry, the city or the headline.
NOISE = re.compile(
    r"^(?:page \d+.*|.* page \d+ of \d+|last updated in .*|designed with .*|resume|curriculum vitae|cv)$", re.IGNORECASE
)


def split_sections(lines: list[Line]) -> dict[str, list[list[Line]]]:
    """Return the lines of each section, one list per heading; lines above the first heading are `head`."""
    usual = median([line.size for line in lines]) if lines else 0.0
    sections: dict[str, list[list[Line]]] = {"head": [[]]}
    current = sections["head"][0]
    for line in lines:
        if NOISE.match(line.text):
            continue
        section = heading_of(line, usual)
        if section:
            current = []
            sections.setdefault(section, []).append(current)
        else:
            current.append(line)
    return sections


def heading_of(line: Line, usual: float) -> str | None:
    """Return the section that a line opens, or None if it is not a heading, such as small print in a list."""
    section = _section_of(line.text)
    if section is None or line.bullet:
        return None
    plain = line.size < usual * 1.05 and not line.bold and not line.gap and not line.text.isupper()
    return None if plain and line.size > 0 else section  # without sizes, as in plain text, the words decide


def is_section(text: str) -> bool:
    """Return whether a text is the heading of a section."""
    return _section_of(text) is not None


def _section_of(text: str) -> str | None:
    key = re.sub(r"^\d+[.)]?\s*", "", fold(text)).strip(HEADING_MARKS)  # "1. Experience"
    key = re.sub(r"\s+", " ", re.sub(r"\s+and\s+", " & ", key))
    if re.fullmatch(r"(?:\w )+\w", key):  # "S K I L L S"
        key = key.replace(" ", "")
    return SECTION_OF.get(key) or SECTION_OF.get(key.replace(" & ", " and "))
