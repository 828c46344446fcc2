"""Candidates as JSON Resume, and JSON Resumes as candidates."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from babel import Locale
from pydantic import ValidationError

from app.extensions import db
from app.models import Candidate, CandidateDocument, CandidateResume
from app.models.candidate_contact import ContactKind
from app.models.permission import PII
from app.schemas.candidate_resume_schema import CandidateResumeUpdate
from app.schemas.candidate_schema import CandidateCreate, CandidateOut
from app.schemas.json_resume_schema import JsonResume
from app.schemas.parsed_resume_schema import EducationItem, Fact, ParsedResume, WorkItem
from app.services.candidates import candidate_read_service, candidate_service
from app.services.candidates.candidate_service import Upserted
from app.services.core import rows
from app.services.core.transaction import use_case
from app.services.resumes import candidate_resume_service, json_resume_facts, resume_redaction, spoken_languages
from app.utils import file_types, scope
from app.utils.errors import Invalid, NotFound
from app.utils.file_store import file_store
from app.utils.phone_numbers import normal_phone

ENGLISH = Locale("en")
FILENAME = "json-resume.json"
READ_RESUMES, ADD_RESUMES = "candidate_resumes.read", "candidate_resumes.create"


def get(candidate_id: UUID) -> dict[str, Any]:
    """Return a candidate's resume; contact points and history only with the permissions for them."""
    candidate = candidate_read_service.get(candidate_id)
    parsed = _parsed(candidate_id) if READ_RESUMES in scope.actor().permissions else ParsedResume()
    return {
        "basics": _basics(candidate) | {"summary": parsed.summary.value if parsed.summary else None},
        "work": [_work(item) for item in parsed.work],
        "education": [_education(item) for item in parsed.education],
        "skills": [{"name": skill} for skill in candidate.skills],
        "languages": [
            {"language": ENGLISH.languages.get(each.language, each.language), "fluency": each.level}
            for each in candidate.languages
        ],
        "certificates": [
            {"name": _text(item.name), "issuer": _text(item.issuer), "date": _date(item.date)}
            for item in parsed.certifications
        ],
        "projects": [
            {"name": _text(item.name), "startDate": _date(item.start_date), "endDate": _date(item.end_date)}
            for item in parsed.projects
        ],
        "publications": [{"name": _text(item.title), "releaseDate": _date(item.date)} for item in parsed.publications],
    }


def put(resume: JsonResume) -> Upserted:
    """Update or create the candidate; with the permission to add resumes, the history is stored as one."""
    basics = resume.basics
    phone = normal_phone(basics.phone) if basics.phone else None  # may be any text: left out if it is no number
    skills = [name for skill in resume.skills for name in ([skill.name] if skill.name else []) + skill.keywords]
    body = {
        "name": basics.name,
        "headline": basics.label or next((item.position for item in resume.work if item.position), None),
        "location": _place(resume),
        "emails": [basics.email] if basics.email else [],
        "phones": [phone] if phone else [],
        "links": [url for url in [basics.url, *(profile.url for profile in basics.profiles)] if url],
        "skills": [skill for skill in skills if len(skill) <= 60][:100],  # more would fail the validation below
        "languages": spoken_languages.known((each.language or "", each.fluency or "") for each in resume.languages),
    }
    try:
        # Without the empty fields: an update changes only those that are given.
        new = CandidateCreate.model_validate({name: value for name, value in body.items() if value})
    except ValidationError as error:
        raise Invalid("The resume does not contain a valid candidate.", code="bad_json_resume") from error
    done = candidate_service.upsert(new)
    # An empty list removes what was stored before; a resume without any of these members leaves it.
    history = json_resume_facts.given(resume)
    if history and ADD_RESUMES in scope.actor().permissions:
        candidate_id = done.candidate.id
        _store(history, candidate_id)
        return Upserted(done.created, candidate_read_service.get(candidate_id))  # its version has changed
    return done


@use_case
def _store(history: dict[str, Any], candidate_id: UUID) -> None:
    """Store the history as a resume of the candidate, replacing the one stored this way before."""
    rows.lock_row(Candidate, candidate_id)  # the next request of the same person continues with what this one stores
    its_file = sa.and_(
        CandidateDocument.tenant_id == CandidateResume.tenant_id, CandidateDocument.id == CandidateResume.document_id
    )
    before = sa.select(CandidateResume.id, CandidateResume.is_primary, CandidateDocument.storage_key)
    # Only these files have the type JSON; an uploaded JSON file counts as text.
    before = before.join(CandidateDocument, its_file).where(CandidateDocument.media_type == file_types.JSON)
    replaced = db.session.execute(before.where(CandidateResume.candidate_id == candidate_id)).all()
    if not (replaced or any(history.values())):
        return
    stored = b"".join(file_store.open(replaced[-1].storage_key)) if replaced else None
    data = json_resume_facts.write(history, candidate_id, stored)
    # The new one comes first, because the last resume of a candidate cannot be deleted.
    kept = candidate_resume_service.store_facts(data, FILENAME, candidate_id)
    for row in replaced:
        if row.id == kept.id:  # the same content again
            continue
        if row.is_primary:  # otherwise delete() would promote the newest resume, which may be another one
            candidate_resume_service.update(kept.id, CandidateResumeUpdate(is_primary=True))
        with suppress(NotFound):  # somebody has just deleted it
            candidate_resume_service.delete(row.id)


def _place(resume: JsonResume) -> str | None:
    place = resume.basics.location
    parts = [place.city, place.region, place.countryCode] if place else []
    return ", ".join(part for part in parts if part)[:200] or None


def _basics(candidate: CandidateOut) -> dict[str, Any]:
    may_see = PII in scope.actor().permissions
    contacts = candidate.contacts if may_see and candidate.contacts else []
    points = {kind: [point.value for point in contacts if point.kind == kind] for kind in ContactKind}
    return {
        "name": candidate.name,
        "label": candidate.headline,
        "email": next(iter(points[ContactKind.EMAIL]), None),
        "phone": next(iter(points[ContactKind.PHONE]), None),
        "url": None,  # stored among the links: which of them it was is not known
        "location": {"city": candidate.location} if candidate.location else None,
        "profiles": [{"url": f"https://{link}"} for link in points[ContactKind.LINK]],  # stored without scheme
    }


def _parsed(candidate_id: UUID) -> ParsedResume:
    primary = sa.select(CandidateResume.parsed).where(
        CandidateResume.candidate_id == candidate_id, CandidateResume.is_primary
    )
    found = db.session.scalar(primary)
    return resume_redaction.shown_facts(ParsedResume.model_validate(found), candidate_id) if found else ParsedResume()


def _work(item: WorkItem) -> dict[str, Any]:
    named = {"name": _text(item.company), "position": _text(item.title)}
    return {**named, "startDate": _date(item.start_date), "endDate": _date(item.end_date)}


def _education(item: EducationItem) -> dict[str, Any]:
    named = {"institution": _text(item.institution), "area": _text(item.area), "studyType": _text(item.degree)}
    return {**named, "endDate": _date(item.end_year)}


def _text(fact: Fact | None) -> str | None:
    return fact.value[:200] if fact else None


def _date(fact: Fact | None) -> str | None:
    """Return a date in the format of JSON Resume, or None if it is open (present)."""
    value = fact.value if fact else ""
    return value if value[:4].isdigit() and len(value) in (4, 7, 10) else None
