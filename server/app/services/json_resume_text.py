"""Work and education of a JSON Resume as plain text, in a layout that the parser reads back fact by fact."""

from __future__ import annotations

import re
from uuid import UUID

from app.schemas.json_resume_schema import Education, JsonResume, Work
from app.utils.text import without_contacts


def text_of(resume: JsonResume, candidate_id: UUID) -> str:
    """A heading for each part; without contact points, which are the profile's, and unlike any other person's."""
    parts = [
        [_field(resume.basics.name)],
        ["Experience", *(_position(item) for item in resume.work)] if resume.work else [],
        ["Education", *(_study(item) for item in resume.education)] if resume.education else [],
        ["Additional information", f"Kept from a JSON Resume for the candidate {candidate_id}"],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _position(item: Work) -> str:
    dates = f"{item.startDate} - {item.endDate or 'Present'}" if item.startDate else item.endDate
    return _beside(dates, _field(item.position), _field(item.name))  # the first dates of a line count


def _study(item: Education) -> str:
    degree = " in ".join(part for part in (_field(item.studyType), _field(item.area)) if part)
    return _beside(degree, _field(item.institution), item.endDate)


def _field(text: str | None) -> str:
    """One field on one line, without what would part it in two or name somebody else."""
    return re.sub(r"[|•·●\s]+", " ", without_contacts(text or "")).strip()


def _beside(*parts: str | None) -> str:
    return " | ".join(part for part in parts if part)
