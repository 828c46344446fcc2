"""What a parsed resume says of its candidate, as values of the profile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.schemas.parsed_resume_schema import ParsedResume
from app.services.candidates import candidate_contact_service
from app.services.resumes import spoken_languages
from app.services.search import skill_taxonomy


def name_in(parsed: dict[str, Any] | None) -> str | None:
    """Return the name that an earlier parsing found."""
    name = ParsedResume.model_validate(parsed).name if parsed else None
    return name.value if name else None


def profile_of(parsed: ParsedResume) -> dict[str, Any]:
    """Return the candidate's fields that a resume can fill."""
    return {
        "name": parsed.name.value if parsed.name else None,
        "headline": parsed.headline.value[:200] if parsed.headline else None,
        "location": parsed.location.value[:200] if parsed.location else None,
        # 70 is the maximum of the column's check.
        "years_experience": min(round(parsed.total_years, 1), 70) if parsed.total_years is not None else None,
        # As many, and as long, as the API accepts.
        "languages": spoken_languages.known(
            (item.language.value, item.level.value if item.level else "") for item in parsed.languages
        ),
        "skills": skill_taxonomy.normalised(skill.value[:60] for skill in parsed.skills)[:100],
    }


def contacts_of(parsed: ParsedResume) -> list[Any]:
    """Return the contact points that a resume names, normalised; nobody has confirmed them yet."""
    found = candidate_contact_service.normalise(
        emails=[parsed.email.value] if parsed.email else [],
        phones=[parsed.phone.value] if parsed.phone else [],
        links=[link.value for link in parsed.links],
    )
    return [replace(contact, is_parsed=True) for contact in found]
