"""A person's rights: consents, exports, erasure to the last byte, retention; and a class for every column."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path
from uuid import UUID

import orjson
import pytest
import sqlalchemy as sa
import time_machine

from app.extensions import db
from app.models import Candidate
from app.models.base.classification import CLASSES, class_of
from app.models.base.tenancy import tenant_tables
from app.services.duplicates import candidate_merge_rows
from app.services.privacy import retention_service, subject_export_service
from app.utils import ledger_signer, scope
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.candidate_things import make_note, make_task
from tests.factories.client import ok, refused
from tests.factories.job import make_job
from tests.factories.mailbox import mails
from tests.factories.privacy import make_consent, make_subject_export

LATER = "2029-01-01T00:00:00Z"


def _family() -> list[sa.Table]:
    names = {"candidates", "candidate_duplicates", "candidate_merges"}
    return [t for t in tenant_tables() if t.name in names or ("candidate_id" in t.columns and t.name != "events")]


def test_every_column_of_the_candidate_family_has_a_class():
    for table in _family():
        assert (
            table.name in CLASSES
        ), f"{table.name}: say in models/base/classification.py what its columns tell of a person"
        for column in table.columns:
            assert class_of(table.name, column.name), f"{table.name}.{column.name} has no class"
    assert {table.name for table in _family()} == set(CLASSES)


def test_a_class_names_columns_that_are_there():
    for name, classes in CLASSES.items():
        named = {column for columns in classes.values() for column in columns.split()}
        assert named <= set(db.metadata.tables[name].columns.keys()), name


def test_consents_are_given_expire_and_are_withdrawn(tenant, api):
    candidate = make_candidate(tenant)
    body = {
        "candidate_id": str(candidate),
        "purpose": "marketing",
        "source": "form",
        "given_at": "2026-01-01T00:00:00Z",
    }
    given = ok(api.post("/candidate-consents", {**body, "evidence": "Form 12", "expires_at": LATER}), 201)
    assert given["is_valid"] and given["recorded_by_id"] == str(tenant.users["TENANT_ADMIN"])
    over = ok(api.post("/candidate-consents", {**body, "expires_at": "2026-02-01T00:00:00Z"}), 201)
    assert not over["is_valid"]
    valid = ok(api.get(f"/candidate-consents?candidate_id={candidate}&is_valid=true"))["data"]
    assert [each["id"] for each in valid] == [given["id"]]
    assert not ok(api.post(f"/candidate-consents/{given['id']}/withdraw"))["is_valid"]
    assert refused(api.post(f"/candidate-consents/{given['id']}/withdraw"), 409) == "already_withdrawn"
    assert len(ok(api.get("/candidate-consents?is_valid=false"))["data"]) == 2
    future = api.post("/candidate-consents", {**body, "given_at": LATER})
    assert (future.status_code, future.get_json()["code"]) == (422, "given_in_future")


PERSON = {
    "name": "Zebulon Quirrelworth",
    "emails": ["zebulon.q@quirrelworth.example"],
    "phones": ["+493090182077"],
    "links": ["https://example.com/in/quirrelworth"],
    "headline": "Xylographer of Wooden Quokkas",
    "location": "Ouagadougou",
    "skills": ["Quokkacarving"],
}
RESUME = """Zebulon Quirrelworth
zebulon.q@quirrelworth.example | +49 30 90182077

Experience
Xylographer | Quokkatonic Works | 03/2018 - 05/2024
- Carved the zyzzyvas of the Ouagadougou cathedral.
"""
TOKENS = ("quirrelworth", "quokka", "zebulon", "zyzzyva", "90182077", "ouagadougou")


@pytest.fixture
def person(app, tenant, api):
    """Somebody with everything that can belong to a person, in every place that keeps something."""
    shutil.rmtree(Path(app.config["SETTINGS"].data_dir) / "files", ignore_errors=True)  # files of tests before
    keyed = {"Idempotency-Key": "zebulon-1"}
    candidate = ok(api.post("/candidates", PERSON, headers=keyed), 201)["id"]
    ok(api.upload("/candidate-resumes", RESUME.encode(), candidate_id=candidate), 202)
    ok(api.upload(f"/candidates/{candidate}/documents", b"A letter of Zebulon Quirrelworth", "zebulon.txt"), 201)
    tenant.run_jobs()
    twin = make_candidate(tenant, name="Zebulon Quirrelwort", headline=PERSON["headline"], location="Ouagadougou")
    ok(api.post("/candidate-merges", {"winner_id": candidate, "loser_id": str(twin)}))
    make_note(tenant, candidate, body="Zebulon collects quokkas.")
    make_task(tenant, candidate, title="Call Zebulon")
    make_consent(tenant, candidate, evidence="Letter of Zebulon")
    job = make_job(tenant)
    application = make_application(tenant, candidate, job)
    ok(api.post(f"/applications/{application}/reject", {"reason": "Zebulon moves to Ouagadougou"}))
    plain = {"Idempotency-Key": "zebulon-2"}
    ok(api.upload("/candidate-resumes", RESUME.encode() + b"Again.", "zebulon-quirrelworth.txt", headers=plain), 202)
    tenant.run_jobs()
    export = ok(api.post("/tenant/exports"), 202)["id"]
    subject = ok(api.post(f"/candidates/{candidate}/subject-export"), 202)["id"]
    tenant.run_jobs()
    assert ok(api.get(f"/tenant/exports/{export}"))["status"] == "done"
    assert ok(api.get(f"/privacy-requests/{subject}"))["status"] == "done"
    return candidate


def _found(app) -> list[str]:
    """Where a token of the person stands, in any row of any table or any file of the store."""
    places = []
    with app.app_context(), scope.platform("a scan"):
        for table in db.metadata.sorted_tables:
            for row in db.session.connection().execute(sa.select(table)).mappings():
                text = " ".join(v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in row.values()).lower()
                places += [f"{table.name}: {token}" for token in TOKENS if token in text]
    for path in (Path(app.config["SETTINGS"].data_dir) / "files").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    data += b"".join(archive.read(name) for name in archive.namelist())
            places += [f"file: {token}" for token in TOKENS if token.encode() in data.lower()]
    return places


def test_after_an_erasure_no_byte_of_the_person_is_found(app, tenant, api, person):
    assert len({place.split(":")[0] for place in _found(app)}) > 12, "the scan sees where a person is kept"
    certificate = ok(api.post(f"/candidates/{person}/erase", {"reason": "Asked for by letter."}))
    tenant.run_jobs()
    assert _found(app) == []
    assert refused(api.get(f"/candidates/{person}"), 404) == "not_found"
    assert ok(api.get("/audit/verify"))["valid"]
    facts = certificate["certificate"]
    assert facts["subject_id"] == person and facts["deleted"]["files"] == 3 and facts["deleted"]["applications"] == 1
    key = ledger_signer.ledger_signer.public_keys()[certificate["key_id"]]
    message = orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)
    assert ledger_signer.verify(key, message, certificate["signature"])
    feed = ok(api.get("/events?after=0&limit=200"))["data"]
    assert [event["subject_id"] for event in feed if event["type"] == "candidate.erased"] == [person]
    assert ok(api.get("/privacy-requests?kind=erasure"))["data"][0]["id"] == certificate["id"]


def test_an_erasure_frees_what_the_plan_counts(tenant, api, person):
    before = ok(api.get("/tenant/usage"))
    ok(api.post(f"/candidates/{person}/erase", {"reason": "Asked for by letter."}))
    after = ok(api.get("/tenant/usage"))
    assert before["candidates"]["used"] - after["candidates"]["used"] == 1
    assert after["storage_bytes"]["used"] == 0 < before["storage_bytes"]["used"]


def test_an_export_holds_everything_of_the_person(tenant, api, person):
    request = make_subject_export(tenant, UUID(person))
    url = ok(api.get(f"/privacy-requests/{request}/link"))["url"]
    answer = api.get(url[url.index("/api/") :])
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        facts = json.loads(archive.read("candidate.json"))
        files = [name for name in archive.namelist() if name.startswith("files/")]
        activity = json.loads(archive.read("activity.json"))
    assert facts["candidate"]["name"] == PERSON["name"] and "search_text" not in facts["candidate"]
    assert {point["value"] for point in facts["candidate_contacts"]} >= {PERSON["emails"][0], PERSON["phones"][0]}
    assert facts["notes"][0]["body"] and facts["applications"][0]["status"] == "rejected"
    assert len(files) == 3 and any(event["type"] == "candidate.created" for event in activity)


def test_an_archive_goes_after_a_week(app, tenant, api, person):
    with time_machine.travel("2026-12-20T00:00:00Z", tick=False):
        with app.app_context(), scope.platform("a test"):
            assert str(tenant.id) in subject_export_service.tenants_with_expired()
        with tenant.bound():
            assert subject_export_service.purge_expired() == 1
    expired = ok(tenant.api().get("/privacy-requests?kind=export"))["data"]
    assert [each["status"] for each in expired] == ["expired"]


def test_rights_are_asked_for(tenant):
    candidate = make_candidate(tenant, owner_id=tenant.users["RECRUITER"])
    for role in ("RECRUITER", "TEAM_LEAD", "MANAGER"):
        assert (
            refused(tenant.api(role).post(f"/candidates/{candidate}/erase", {"reason": "Because."}), 403)
            == "permission_missing"
        )
        assert refused(tenant.api(role).post(f"/candidates/{candidate}/subject-export"), 403) == "permission_missing"


def _names(tenant):
    with tenant.bound():
        return set(db.session.scalars(sa.select(Candidate.name)))


def test_who_is_not_worked_with_is_told_of_and_erased(app, tenant, api):
    job = make_job(tenant)
    people = {
        name: make_candidate(tenant, name=name) for name in ("Idle", "Applied", "Agreed", "Withdrawn", "Kept", "Noted")
    }
    make_application(tenant, people["Applied"], job)
    make_consent(tenant, people["Agreed"])
    ok(api.put("/tenant/settings", {"retention_months": 12, "retention_grace_days": 30}))
    with tenant.bound():
        assert retention_service.quarantine() == 0
    with time_machine.travel("2028-01-01T00:00:00Z", tick=False):
        with app.app_context(), scope.platform("a test"):
            assert str(tenant.id) in retention_service.tenants_with_rules()
        with tenant.bound():
            assert retention_service.quarantine() == 4
            assert retention_service.due() == []
        tenant.tokens.clear()  # the old ones are over by then
        ok(tenant.api().post(f"/candidates/{people['Kept']}/keep"))
        shown = ok(tenant.api().get(f"/candidates/{people['Idle']}"))
        assert shown["purge_after"].startswith("2028-01-31")
        ok(tenant.api().post("/notes", {"candidate_id": str(people["Noted"]), "body": "Called."}), 201)
        tenant.run_jobs()
    told = [mail["Subject"] for mail in mails(tenant.app, tenant.email("TENANT_ADMIN"))]
    assert "Candidates to be erased soon: 4" in told
    tenant.tokens.clear()
    with time_machine.travel("2028-02-02T00:00:00Z", tick=False), tenant.bound():
        due = retention_service.due()
        assert sorted(due) == sorted(str(people[name]) for name in ("Idle", "Withdrawn"))
        make_consent(tenant, people["Withdrawn"])
        assert [retention_service.purge(str(people[name])) for name in ("Idle", "Withdrawn")] == [True, False]
    with time_machine.travel("2029-03-01T00:00:00Z", tick=False), tenant.bound():
        assert retention_service.purge_due() == 0, "who was worked with is told of anew first"
        retention_service.quarantine()
        assert retention_service.due() == []
    assert _names(tenant) == {"Applied", "Agreed", "Withdrawn", "Kept", "Noted"}


def test_children_of_a_candidate_are_known():
    names = {table.name for table in candidate_merge_rows.children()}
    assert {"notes", "applications", "candidate_consents", "email_messages"} <= names


def test_a_persons_requests_are_for_those_who_see_everybody(tenant, api, person):
    request = make_subject_export(tenant, UUID(person))
    permissions, team = ["privacy.read", "privacy.export", "candidates.view_own"], [str(tenant.users["RECRUITER"])]
    key = ok(api.post("/api-keys", {"name": "k", "permissions": permissions, "team_ids": team}), 201)
    api.token = key["secret"]
    for path in ("", f"/{request}", f"/{request}/link"):
        assert refused(api.get(f"/privacy-requests{path}"), 403) == "not_visible", path


def test_a_longer_time_frees_who_was_in_quarantine(tenant, api):
    make_candidate(tenant)
    ok(api.put("/tenant/settings", {"retention_months": 12}))
    with time_machine.travel("2028-01-01T00:00:00Z", tick=False), tenant.bound():
        assert retention_service.quarantine() == 1
    ok(api.put("/tenant/settings", {"retention_months": 60}))
    with time_machine.travel("2028-03-01T00:00:00Z", tick=False), tenant.bound():
        assert retention_service.due() == []
        retention_service.quarantine()
        assert db.session.scalar(sa.select(Candidate.purge_after)) is None
