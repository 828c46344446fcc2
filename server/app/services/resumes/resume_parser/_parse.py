"""From lines to a typed resume: pure and deterministic."""

from __future__ import annotations

from datetime import date

from app.schemas.parsed_resume_schema import ParsedResume, ParseWarning
from app.services.resumes.resume_parser import _contact_points, _further_facts
from app.services.resumes.resume_parser._dates import total_years
from app.services.resumes.resume_parser._education import read_education
from app.services.resumes.resume_parser._gazetteer import section_of
from app.services.resumes.resume_parser._lines import Line, RawLine, assemble
from app.services.resumes.resume_parser._names import find_headline, find_name
from app.services.resumes.resume_parser._places import find_place, region_of
from app.services.resumes.resume_parser._sections import Sections, is_section, split_sections
from app.services.resumes.resume_parser._skills import read_skills
from app.services.resumes.resume_parser._work import read_work
from app.utils.text import fold

MAX_WARNINGS, MAX_DETAIL = 10, 200
MAX_ITEMS = 100  # positions or studies; nobody has more
BODY = ("work", "education", "skills")


def parse_lines(raw: list[RawLine], today: date | None = None) -> tuple[str, ParsedResume]:
    """Return the text and the facts in it; fields that are not found stay empty."""
    text, every = assemble(raw)
    lines = [line for line in every if not line.aside]
    sections = split_sections(lines)
    others = _of_others(lines)
    email = _contact_points.find_email(text, others)  # before the name, which its local part confirms
    name, name_at = find_name(lines, email)
    headline = find_headline(lines, name_at, name)
    taken = {fold(fact.value) for fact in (name, headline) if fact}
    place = find_place(_head(lines, sections, name_at), taken)
    work = [item for part in sections.get("work", []) for item in read_work(part, headline)]
    dated = [(item.start_date.value, item.end_date.value) for item in work if item.start_date and item.end_date]
    region = region_of(place) or _contact_points.region_of_email(email)  # for numbers without a country code
    parsed = ParsedResume(
        name=name,
        email=email,
        phone=_contact_points.find_phone(text, region, others),
        location=place,
        headline=headline,
        links=_contact_points.find_links(text, email, others),
        skills=read_skills(_lines_of(sections, "skills")),
        work=work[:MAX_ITEMS],
        education=[item for part in sections.get("education", []) for item in read_education(part)][:MAX_ITEMS],
        summary=_further_facts.read_summary(sections.get("summary", []), text),
        languages=_further_facts.read_languages(_lines_of(sections, "languages"))[:MAX_ITEMS],
        certifications=_further_facts.read_certifications(_lines_of(sections, "certifications"))[:MAX_ITEMS],
        projects=_further_facts.read_projects(_lines_of(sections, "projects"))[:MAX_ITEMS],
        publications=_further_facts.read_publications(_lines_of(sections, "publications"))[:MAX_ITEMS],
        total_years=total_years(dated, today),
        warnings=_warnings(raw),
    )
    return text, parsed


def _lines_of(sections: Sections, name: str) -> list[Line]:
    return [line for part in sections.get(name, []) for line in part]


def _warnings(raw: list[RawLine]) -> list[ParseWarning]:
    found = [ParseWarning(code="hidden_text", detail=line.text[:MAX_DETAIL]) for line in raw if line.role == "hidden"]
    guesses = [line.text for line in raw if line.role == "encoding"]
    return [
        *found[:MAX_WARNINGS],
        *(ParseWarning(code="encoding_uncertain", detail=f"read as {encoding}") for encoding in guesses),
    ]


def parse_text(text: str, today: date | None = None) -> tuple[str, ParsedResume]:
    """Return the same for plain text."""
    return parse_lines([RawLine(line) for line in text.split("\n")], today)


def _of_others(lines: list[Line]) -> list[tuple[int, int]]:
    """Return the spans of references: from their heading to the next heading or the end."""
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    for line in lines:
        is_theirs = section_of(line.text) == "references"
        if opened is not None and (is_theirs or is_section(line.text)):
            spans.append((opened, line.start))
            opened = None
        if is_theirs:
            opened = line.start
    return [*spans, (opened, lines[-1].end)] if opened is not None else spans


def _head(lines: list[Line], sections: Sections, name_at: int) -> list[Line]:
    """Return where a place is expected: near the name, above the first heading, in a contact section."""
    near = lines[max(0, name_at) : name_at + 8] if name_at >= 0 else []
    contact = _lines_of(sections, "contact")
    # The contact line may also be far down, such as in the page footer of a DOCX file.
    at = next((index for index, line in enumerate(lines) if "@" in line.text), 0)
    body = {line.start for kind in BODY for line in _lines_of(sections, kind)}
    every = [*contact, *near, *sections["head"][0], *lines[max(0, at - 3) : at + 4]]
    kept = {line.start: line for line in every if line.start not in body}
    return sorted(kept.values(), key=lambda line: line.start)
