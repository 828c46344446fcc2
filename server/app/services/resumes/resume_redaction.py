"""Resumes without contact points, for readers to whom these are not open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.models import CandidateResume
from app.models.job_access import Opens
from app.schemas.candidate_resume_schema import CandidateResumeDetail
from app.schemas.parsed_resume_schema import ParsedResume
from app.services.access import job_rights
from app.utils.text import without_contacts


def shown(resume: CandidateResume) -> CandidateResumeDetail:
    """Return a resume as the actor may see it; contact points that are not open become spaces or null."""
    detail = CandidateResumeDetail.model_validate(resume)
    whose = [resume.candidate_id] if resume.candidate_id else []
    if whose and not _has_contacts(whose):
        detail.text = without_contacts(detail.text or "")
        detail.parsed = facts_without_contacts(detail.parsed) if detail.parsed else None
    return detail


def shown_facts(parsed: ParsedResume, candidate_id: UUID) -> ParsedResume:
    """Return the facts of a candidate's resume as the actor may see them."""
    return parsed if _has_contacts([candidate_id]) else facts_without_contacts(parsed)


def _has_contacts(candidate_ids: list[UUID]) -> bool:
    return bool(job_rights.opened(candidate_ids, Opens.CONTACT_POINTS)[Opens.CONTACT_POINTS])


def facts_without_contacts(parsed: ParsedResume) -> ParsedResume:
    """Return the facts without email, phone and links; contact points in other facts become spaces."""
    cleaned: dict[str, Any] = _cleaned(parsed.model_dump())
    return ParsedResume.model_validate({**cleaned, "email": None, "phone": None, "links": []})


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _cleaned(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return without_contacts(value) if isinstance(value, str) else value
