"""Repeated POSTs."""

from __future__ import annotations

import sqlalchemy as sa
import time_machine

from app.extensions import db
from app.models import IdempotencyKey
from app.services.events import idempotency_service
from app.utils import clock, scope
from tests.factories.candidate import candidate_body, resume_text
from tests.factories.client import ok, refused
from tests.factories.raw_writes import raw_writes

KEY = {"Idempotency-Key": "a-key"}


def test_a_repetition_gets_the_first_answer(api):
    body = candidate_body()
    first = api.post("/candidates", body, headers=KEY)
    again = api.post("/candidates", body, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data and again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers and first.headers["ETag"] == again.headers["ETag"]
    assert len(ok(api.get("/candidates"))["data"]) == 1


def test_another_payload_under_the_key_is_refused(api):
    ok(api.post("/candidates", candidate_body(), headers=KEY), 201)
    response = api.post("/candidates", candidate_body(), headers=KEY)
    assert (response.status_code, response.get_json()["code"]) == (422, "idempotency_key_reused")


def test_a_key_belongs_to_one_user_and_one_route(tenant, api):
    ok(api.post("/candidates", candidate_body(), headers=KEY), 201)
    ok(tenant.api("MANAGER").post("/candidates", candidate_body(), headers=KEY), 201)
    ok(api.post("/jobs", {"title": "Job"}, headers=KEY), 201)


def test_an_error_is_not_kept(api):
    body = candidate_body()
    assert (
        refused(api.post("/candidates", {**body, "owner_id": "01890000-0000-7000-8000-000000000000"}, headers=KEY), 404)
        == "reference_missing"
    )
    ok(api.post("/candidates", body, headers=KEY), 201)


def test_a_key_must_be_readable(api):
    for key in ("", "x" * 256, "ä"):
        assert (
            refused(api.post("/candidates", candidate_body(), headers={"Idempotency-Key": key}), 400)
            == "bad_idempotency_key"
        )


def test_uploads_are_compared_by_their_bytes(api):
    data = resume_text()
    first = _upload(api, data)
    assert _upload(api, data).headers["Idempotency-Replayed"] == "true" and first.status_code == 202
    assert refused(_upload(api, resume_text()), 422) == "idempotency_key_reused"


def test_keys_are_forgotten_after_a_day(tenant, api):
    ok(api.post("/candidates", candidate_body(), headers=KEY), 201)
    with time_machine.travel(clock.now() + idempotency_service.timedelta(hours=25)):
        with tenant.app.app_context(), scope.platform("a test"):
            assert idempotency_service.purge_expired() >= 1
    ok(api.post("/candidates", candidate_body(), headers=KEY), 201)


def test_an_expired_key_may_be_used_for_something_else(tenant, api):
    ok(api.post("/candidates", candidate_body(), headers=KEY), 201)
    with tenant.bound(), raw_writes():
        db.session.execute(sa.update(IdempotencyKey).values(expires_at=clock.now()))
        db.session.commit()
    ok(api.post("/candidates", candidate_body(), headers=KEY), 201)
    assert len(ok(api.get("/candidates"))["data"]) == 2


def test_a_repetition_that_would_succeed_again_is_undone(api):
    """A title is not unique: only the key tells that the job was posted before."""
    first = ok(api.post("/jobs", {"title": "Job"}, headers=KEY), 201)
    assert ok(api.post("/jobs", {"title": "Job"}, headers=KEY), 201)["id"] == first["id"]
    assert [job["id"] for job in ok(api.get("/jobs"))["data"]] == [first["id"]]
    assert [event["type"] for event in ok(api.get("/events"))["data"]].count("job.created") == 1


def _upload(api, data):
    return api.upload("/candidate-resumes", data, headers=KEY)
