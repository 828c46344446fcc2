"""Sections by their headings: a heading is known by its words or by its form, which the document repeats."""

from __future__ import annotations

import re
from collections import Counter
from statistics import median

from app.services.resumes.resume_parser._dates import find_range, find_single
from app.services.resumes.resume_parser._gazetteer import (
    FURNITURE,
    find_degree,
    has_company_form,
    has_title_word,
    heading_key,
    is_institution,
    names_language,
    section_of,
)
from app.services.resumes.resume_parser._lines import Line
from app.services.resumes.resume_parser._pieces import TASKS

# Page numbers and titles, which could otherwise become an entry, the city or the headline.
_PAGE = r"(?:page|seite|pagina|página|strona)"
_OF = r"\s?(?:/|of|de|von|di|van|z)\s?"
NOISE = re.compile(
    "|".join(
        (
            rf".{{0,120}}\b{_PAGE}\s\d{{1,2}}{_OF}\d{{1,2}}",  # Ann Lee - Page 1 of 2
            rf"(?:{_PAGE}|pág\.?|s\.)\s?\d+.{{0,20}}",
            r"\d{1,2}\s?/\s?\d{1,2}",
            r"(?:©|\(c\)).{0,120}",
            r"last updated (?:in|on) .*|designed with .*",
            r"(?:\S+\s\|\s)?file:///\S+.*|\d{1,2}/\d{1,2}/\d{2,4}, \d{1,2}:\d\d.*",  # what browsers print
        )
    ),
    re.IGNORECASE,
)
MAX_HEADING = 6  # words of a heading that is known by its form alone
MIN_ALIKE = 2  # known headings of a form, before the form tells of others
Form = tuple[float, bool, bool]
Sections = dict[str, list[list[Line]]]


def split_sections(lines: list[Line]) -> Sections:
    """Return the lines of each section, one list per heading; lines above the first heading are `head`."""
    usual = _usual_size(lines)
    forms = _heading_forms(lines, usual)
    sections: Sections = {"head": [[]]}
    current = sections["head"][0]
    for line in lines:
        if is_noise(line.text):
            continue
        if line.breaks:
            current = sections["head"][0]
        # Right below a heading, a line in the same type names a part of the section.
        is_free = len(sections) > 1 and bool(current)
        section = heading_of(line, usual) or (_by_form(line, forms) if is_free else None)
        in_work = current in sections.get("work", [])
        if in_work and _form(line) not in forms and TASKS.match(line.text):
            section = None  # "Highlights" of a position
        if current in sections.get("education", []) and forms and _form(line) not in forms and find_degree(line.text):
            section = None  # "Diploma"
        if section:
            current = []
            sections.setdefault(section, []).append(current)
        elif run_in := None if in_work and _names_tasks(line) else _run_in(line, sections):
            section, rest = run_in
            current = [rest]
            sections.setdefault(section, []).append(current)
        else:
            current.append(line)
    return _by_content(sections)


def _by_content(sections: Sections) -> Sections:
    """Take a section whose heading nobody knows for the one that is missing, if its lines look like it."""
    unknown = sections.get("other", [])
    for kind, looks_like_it in (("work", _is_history), ("skills", _is_list)):
        found = [part for part in unknown if looks_like_it(part)] if kind not in sections else []
        if found:
            sections[kind] = found
            unknown = [part for part in unknown if part not in found]
    sections["other"] = unknown
    return sections


def _is_history(part: list[Line]) -> bool:
    """Return whether a section has dated entries, of which one names an occupation."""
    dated = [line for line in part if find_range(line.text)]
    return len(dated) >= 2 and any(has_title_word(line.text) for line in part)


def _is_list(part: list[Line]) -> bool:
    """Return whether a section is a list of short texts without dates."""
    texts = [line.text for line in part]
    is_short = all(len(piece.split()) <= 4 for text in texts for piece in re.split(r"[,;|•]|\s{2,}", text))
    return len(texts) >= 2 and is_short and not any(find_single(text) for text in texts)


def _usual_size(lines: list[Line]) -> float:
    """Return the size of most lines, or 0 if the headings look like any other line and only their words tell them."""
    usual = median([line.size for line in lines]) if lines else 0.0
    known = [line for line in lines if heading_of(line, 0.0)]
    standing_out = [line for line in known if heading_of(line, usual)]
    return usual if 2 * len(standing_out) > len(known) else 0.0


def is_noise(text: str) -> bool:
    """Return whether a line is part of the page rather than of the resume."""
    return heading_key(text) in FURNITURE or NOISE.fullmatch(text) is not None


def heading_of(line: Line, usual: float) -> str | None:
    """Return the section that a line opens, or None if it is not a heading, such as small print in a list.

    With a `usual` size of 0, the words alone decide.
    """
    section = section_of(line.text)
    if section is None or line.bullet:
        return None
    plain = line.size < usual * 1.05 and not line.bold and not line.gap and not line.text.isupper()
    return None if plain and usual > 0 else section  # without sizes, as in plain text, the words decide


def is_section(text: str) -> bool:
    """Return whether a text is the heading of a section."""
    return section_of(text) is not None


def _form(line: Line) -> Form:
    return round(line.size * 2) / 2, line.bold, line.text.isupper()


def _heading_forms(lines: list[Line], usual: float) -> set[Form]:
    """Return the forms that the known headings have, and hardly any other line."""
    known = Counter(_form(line) for line in lines if heading_of(line, usual))
    every = Counter(_form(line) for line in lines)
    return {form for form, count in known.items() if count >= MIN_ALIKE and 2 * count >= every[form]}


def _by_form(line: Line, forms: set[Form]) -> str | None:
    """Return `other` for a line that looks like the headings."""
    if line.bullet or _form(line) not in forms or not any(char.isalpha() for char in line.text):
        return None
    is_short = len(line.text.split()) <= MAX_HEADING and "," not in line.text and not line.text.endswith(".")
    is_name = is_institution(line.text) or has_company_form(line.text) or has_title_word(line.text)
    return "other" if is_short and not is_name and not find_range(line.text) else None


def _names_tasks(line: Line) -> bool:
    """Return whether a line begins with a label of a position, such as `Technologies: Python, SQL`."""
    return TASKS.match(line.text.partition(":")[0]) is not None


def _run_in(line: Line, sections: Sections) -> tuple[str, Line] | None:
    """Return the section and the rest of a line such as `Skills: Python, SQL`, if that section has not begun yet."""
    head, colon, rest = line.text.partition(":")
    if not colon or not rest.strip() or line.bullet or len(head) > 40:
        return None
    section = section_of(head)
    # In the head, "Location: Berlin" is a contact point; in a list of skills, "Tools: Git" is a label.
    if section is None or section in ("contact", *sections):
        return None
    # Programming languages are skills, too.
    if section == "languages" and "skills" in sections and not names_language(rest):
        return None
    return section, line.part(len(head) + 1, len(line.text))
