"""Every field of a candidate is kept by merges, exports and imports: none of them can forget a new column."""

from __future__ import annotations

import orjson
import pytest
from pydantic import WrapSerializer

from app.models import Candidate
from app.schemas.candidate_schema import CandidateCreate, CandidateFields, CandidateOut, CandidateUpdate
from app.services.candidates.candidate_export_service import GUARDED
from app.services.candidates.candidate_fields import BY_NAME, FIELDS, NO_FIELDS
from tests.factories.candidate import candidate_body
from tests.factories.candidate_import import table
from tests.factories.client import ok

# A value of each field that can be set, as the API takes it.
VALUES = {
    "name": "Ada Lovelace",
    "given_name": "Ada",
    "family_name": "Lovelace",
    "preferred_name": "Countess",
    "headline": "Analyst",
    "location": "London",
    "years_experience": 7.5,
    "skills": ["Python"],
    "skill_use": [{"skill": "Python", "years": 3, "last_used": 2024}],
    "languages": [{"language": "en", "level": "native"}],
    "work_authorizations": [{"country": "DE", "right": "permit", "expires_on": "2030-01-01"}],
    "preferred_roles": ["Analyst"],
    "preferred_locations": ["Berlin"],
    "preferred_workplace": "hybrid",
    "preferred_language": "de",
    "notice_days": 30,
    "available_from": "2027-01-01",
    "expected_pay": {"amount": "1000.00", "currency": "EUR", "period": "month"},
    "source": "referral",
    "source_detail": "Grace",
    "source_url": "https://example.com/jobs",
    "custom_fields": {"team": "red"},
}
# By ways of their own: archiving, assignment, broadcasting.
ELSEWHERE = {"status", "owner_id", "is_broadcast"}
CELLS = {"skills": "Python", "preferred_roles": "Analyst", "preferred_locations": "Berlin"}
MACHINERY = {"id", "tenant_id", "version", "created_at", "updated_at"}
CURE = "declare the column in services/candidates/candidate_fields.py, as a field or among NO_FIELDS with the reason"


@pytest.fixture
def whole(api):
    """A candidate who has a value in every field."""
    ok(api.post("/custom-fields", {"key": "team", "label": "Team", "kind": "text"}), 201)
    return ok(api.post("/candidates", {**VALUES, "emails": ["ada@example.com"]}), 201)["id"]


def test_every_column_is_declared():
    columns = set(Candidate.__table__.columns.keys()) - MACHINERY
    declared = {column for field in FIELDS for column in field.in_columns}
    assert columns == declared | set(NO_FIELDS), CURE
    assert not declared & set(NO_FIELDS)


def test_every_field_comes_in_and_goes_out_by_the_api():
    assert set(VALUES) == set(BY_NAME) - ELSEWHERE, "give the new field a value in VALUES"
    assert set(VALUES) <= set(CandidateCreate.model_fields), "add the field to CandidateCreate"
    assert set(VALUES) <= set(CandidateUpdate.model_fields), "add the field to CandidateUpdate"
    assert set(BY_NAME) <= set(CandidateOut.model_fields), "add the field to CandidateOut"


def test_a_new_candidate_has_every_value(api, whole):
    got = ok(api.get(f"/candidates/{whole}"))
    assert {name: got[name] for name in VALUES} == VALUES


def test_a_merge_keeps_every_value_of_the_loser(api, whole):
    body = {"name": "Ada King", "emails": ["king@example.com"], "skills": []}
    winner = ok(api.post("/candidates", body), 201)["id"]
    ok(api.post("/candidate-merges", {"winner_id": winner, "loser_id": whole}))
    got = ok(api.get(f"/candidates/{winner}"))
    assert {name: got[name] for name in VALUES} == {**VALUES, "name": "Ada King"}


def test_the_table_has_every_value(api, whole):
    (line,) = api.get("/candidates/export?format=jsonl").get_data().splitlines()
    person = orjson.loads(line)
    assert {name: person[name] for name in VALUES} == VALUES
    assert set(person) >= set(BY_NAME)
    header = api.get("/candidates/export").get_data(as_text=True).splitlines()[0]
    assert set(header.split(",")) >= set(BY_NAME)


def test_the_table_hides_what_the_api_hides():
    def is_guard(mark):
        return isinstance(mark, WrapSerializer)

    guarded = {name for name, field in CandidateOut.model_fields.items() if any(map(is_guard, field.metadata))}
    assert guarded - {"contacts"} <= set(GUARDED), "hide the field in the export too"


@pytest.mark.parametrize("cell", ["On-site", "on site", "ONSITE", "Office"])
def test_a_workplace_is_read_however_it_is_spelled(cell):
    assert BY_NAME["preferred_workplace"].read(cell) == "onsite"


def test_whatever_may_be_null_is_emptied(api, whole):
    nothing = dict.fromkeys(set(CandidateFields.model_fields) & set(VALUES) - {"custom_fields"})
    ok(api.patch(f"/candidates/{whole}", nothing))
    got = ok(api.get(f"/candidates/{whole}"))
    assert {name: got[name] for name in nothing} == nothing


def test_an_import_takes_every_field_that_is_read_from_cells(tenant, api):
    readable = [field.name for field in FIELDS if field.read is not None]
    row = {name: CELLS.get(name, str(VALUES[name])) for name in readable} | {"email": "ada@example.com"}
    ok(api.upload("/candidate-imports", table([row]), "people.csv", headers={"Idempotency-Key": "k"}), 202)
    tenant.run_jobs()
    (found,) = ok(api.get("/candidates"))["data"]
    got = ok(api.get(f"/candidates/{found['id']}"))
    assert {name: got[name] for name in readable} == {name: VALUES[name] for name in readable}


def test_bodies_of_the_factory_know_no_other_field():
    assert set(candidate_body()) <= set(VALUES) | {"emails", "phones", "links"}
