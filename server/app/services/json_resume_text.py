"""A JSON Resume as the plain text of a resume, in a layout that the parser reads back fact by fact."""

from __future__ import annotations

from app.schemas.json_resume_schema import Education, JsonResume, Work


def text_of(resume: JsonResume) -> str:
    """The whole resume, a heading for each of its parts."""
    basics = resume.basics
    skills = [name for skill in resume.skills for name in ([skill.name] if skill.name else []) + skill.keywords]
    head = [basics.name, basics.label, _beside(basics.email, basics.phone, place_of(resume)), basics.url]
    parts = [
        [line for line in head if line],
        ["Summary", basics.summary] if basics.summary else [],
        ["Experience", *(_position(item) for item in resume.work)] if resume.work else [],
        ["Education", *(_study(item) for item in resume.education)] if resume.education else [],
        ["Skills", ", ".join(skills)] if skills else [],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def place_of(resume: JsonResume) -> str | None:
    """City, region and country as far as they are known."""
    place = resume.basics.location
    parts = [place.city, place.region, place.countryCode] if place else []
    return ", ".join(part for part in parts if part)[:200] or None


def _position(item: Work) -> str:
    dates = f"{item.startDate} - {item.endDate or 'Present'}" if item.startDate else item.endDate
    return _beside(item.position, item.name, dates)


def _study(item: Education) -> str:
    degree = " in ".join(part for part in (item.studyType, item.area) if part)
    return _beside(degree, item.institution, item.endDate)


def _beside(*parts: str | None) -> str:
    return " | ".join(part for part in parts if part)
