"""The history in a JSON Resume as a file of its own, and the facts in it, which need no parser."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from app.schemas.json_resume_schema import (
    Certificate,
    Education,
    History,
    JsonResume,
    JsonResumeFile,
    Project,
    Publication,
    Work,
)
from app.schemas.parsed_resume_schema import (
    CertificationItem,
    EducationItem,
    Fact,
    ParsedResume,
    ProjectItem,
    PublicationItem,
    WorkItem,
)
from app.services.resumes.resume_parser import normal_date, total_years
from app.utils.text import without_contacts

ADDRESSES = re.compile(r"(?<!\S)\S+@\S+|\+\d[\d ()/.-]{5,25}\d")
OPEN_END = "present"  # in JSON Resume, a current position has no end date


def given(resume: JsonResume) -> dict[str, Any]:
    """Return the members of the history that a resume has, empty ones too."""
    members = {name: getattr(resume, name) for name in resume.model_fields_set & set(History.model_fields)}
    return members | ({"summary": resume.basics.summary} if "summary" in resume.basics.model_fields_set else {})


def write(history: dict[str, Any], candidate_id: UUID, before: bytes | None = None) -> bytes:
    """Return the file of a history. Members that it does not have stay as they were in the file `before`.

    The file has no contact points (they belong to the profile) and is unique per candidate.
    """
    # Without the id, equal histories of two candidates would be one document, since a tenant stores bytes once.
    kept = JsonResumeFile.model_validate_json(before) if before else JsonResumeFile(candidate_id=candidate_id)
    return kept.model_copy(update=history).model_dump_json(exclude_none=True).encode()


def read(data: bytes) -> tuple[str, ParsedResume]:
    """Return the searchable text, and the facts with their positions in it."""
    kept = JsonResumeFile.model_validate_json(data)
    page = _Page()
    (summary,) = page.line(kept.summary)
    work = [_position(page, item) for item in kept.work]
    education = [_study(page, item) for item in kept.education]
    certifications = [found for each in kept.certificates if (found := _certification(page, each))]
    projects = [project for each in kept.projects if (project := _project(page, each))]
    publications = [publication for each in kept.publications if (publication := _publication(page, each))]
    dated = [(item.start_date.value, item.end_date.value) for item in work if item.start_date and item.end_date]
    return page.text, ParsedResume(
        summary=summary,
        work=work,
        education=education,
        certifications=certifications,
        projects=projects,
        publications=publications,
        total_years=total_years(dated),
    )


class _Page:
    """A text that grows line by line, and the position of each fact."""

    def __init__(self) -> None:
        self.text = ""

    def line(self, *parts: str | None, may_number: bool = False) -> list[Fact | None]:
        """Append the parts as one line, and return a fact for each part that is not empty.

        `may_number` says that numbers belong to the names, such as ISO 9001/14001, and are no telephones.
        """
        facts: list[Fact | None] = []
        for part in parts:
            # A field may contain contact points of others: a search for a referee would find the candidate.
            bare = ADDRESSES.sub(" ", part or "") if may_number else without_contacts(part or "")
            shown = re.sub(r"\s+", " ", bare).strip()
            if shown:
                self.text += " | " if any(facts) else ""
                facts.append(Fact(value=shown, start=len(self.text), end=len(self.text) + len(shown)))
                self.text += shown
            else:
                facts.append(None)
        self.text += "\n" if any(facts) else ""
        return facts


def _position(page: _Page, item: Work) -> WorkItem:
    end = item.endDate or (OPEN_END if item.startDate else None)  # without any date, it is not known to be current
    title, company, start_date, end_date = page.line(item.position, item.name, item.startDate, end)
    return WorkItem(title=title, company=company, start_date=_dated(start_date), end_date=_dated(end_date))


def _study(page: _Page, item: Education) -> EducationItem:
    year = item.endDate[:4] if item.endDate else None
    degree, area, institution, end_year = page.line(item.studyType, item.area, item.institution, year)
    return EducationItem(degree=degree, area=area, institution=institution, end_year=end_year)


def _certification(page: _Page, item: Certificate) -> CertificationItem | None:
    name, issuer, date = page.line(item.name, item.issuer, item.date, may_number=True)
    return CertificationItem(name=name, issuer=issuer, date=_dated(date)) if name else None


def _project(page: _Page, item: Project) -> ProjectItem | None:
    end = item.endDate or (OPEN_END if item.startDate else None)
    name, start_date, end_date = page.line(item.name, item.startDate, end, may_number=True)
    return ProjectItem(name=name, start_date=_dated(start_date), end_date=_dated(end_date)) if name else None


def _publication(page: _Page, item: Publication) -> PublicationItem | None:
    title, date = page.line(item.name, item.releaseDate, may_number=True)
    return PublicationItem(title=title, date=_dated(date)) if title else None


def _dated(fact: Fact | None) -> Fact | None:
    """Return the date in the parser's format, to the month."""
    value = normal_date(fact.value) if fact else None
    return fact.model_copy(update={"value": value}) if fact and value else None
