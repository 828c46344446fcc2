"""What earlier versions may have taken for somebody else is listed."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import CandidateResume
from app.services.candidates import candidate_contact_service
from app.services.core.transaction import use_case
from app.services.duplicates import identity_review_service
from app.services.duplicates.identity_review_service import Doubt
from app.services.resumes.resume_parser import parse_text
from tests.factories.candidate import make_candidate
from tests.factories.candidate_resume import make_resume
from tests.factories.careers import apply_by_api, make_posting
from tests.factories.client import ok

TEXT = "Jonas Bergmann\njörg.müller@people.example\nGeburtsdatum: 12.03.1990\nTelefon: 0171 2345678\nHamburg, Germany"


@use_case
def _as_read_before(resume_id: UUID, **facts):
    """Put the facts into a resume that an earlier version would have found, and its contact points to the candidate."""
    text, parsed = parse_text(TEXT)
    found = parsed.model_dump(mode="json")
    for name, (value, written) in facts.items():
        start = text.index(written)
        found[name] = {"value": value, "start": start, "end": start + len(written)}
    db.session.execute(
        sa.update(CandidateResume).where(CandidateResume.id == resume_id).values(text=text, parsed=found)
    )
    candidate_id = db.session.scalar(sa.select(CandidateResume.candidate_id).where(CandidateResume.id == resume_id))
    points = {name: [fact["value"]] for name, fact in (("emails", found["email"]), ("phones", found["phone"]))}
    candidate_contact_service.add_missing(candidate_id, candidate_contact_service.normalise(**points))


def _doubts(tenant):
    with tenant.bound():
        return {(each.doubt, str(each.raised_by)) for each in identity_review_service.doubtful()}


@pytest.mark.parametrize(
    ("facts", "doubts"),
    [
        ({}, set()),
        ({"phone": ("+493012031990", "12.03.1990")}, {Doubt.PHONE_FROM_DATE}),
        ({"email": ("ller@people.example", "ller@people.example")}, {Doubt.ADDRESS_CUT}),
        ({"name": ("Piotr Nowak", "Jonas Bergmann")}, {Doubt.RESUME_OF_ANOTHER}),
    ],
)
def test_a_resume_that_was_read_wrongly_raises_a_doubt(tenant, facts, doubts):
    resume_id = make_resume(tenant, TEXT.encode())
    with tenant.bound():
        _as_read_before(resume_id, **facts)
    assert _doubts(tenant) == {(doubt, str(resume_id)) for doubt in doubts}


def test_an_application_under_another_name_raises_a_doubt(tenant, api):
    ok(apply_by_api(tenant, make_posting(tenant), name="Piotr Nowak", email="family@people.example"), 201)
    (application,) = ok(api.get("/applications"))["data"]
    assert _doubts(tenant) == set()
    ok(api.patch(f"/candidates/{application['candidate_id']}", {"name": "Anna Nowak"}))
    assert [doubt for doubt, _ in _doubts(tenant)] == [Doubt.FORM_OF_ANOTHER]


def test_all_rows_are_looked_at(tenant, monkeypatch):
    monkeypatch.setattr(identity_review_service, "AT_ONCE", 2)
    candidates = [make_candidate(tenant) for _ in range(5)]
    for candidate in candidates:
        resume = make_resume(tenant, f"Piotr Nowak\nDriver {candidate}\n".encode())
        with tenant.bound():
            _give(resume, candidate)
    assert len(_doubts(tenant)) == 5


@use_case
def _give(resume_id, candidate_id):
    db.session.execute(
        sa.update(CandidateResume).where(CandidateResume.id == resume_id).values(candidate_id=candidate_id)
    )
