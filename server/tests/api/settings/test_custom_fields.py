"""Custom fields of jobs, applications and offers."""

from __future__ import annotations

import pytest

from tests.factories.application import make_application
from tests.factories.candidate import candidate_body, make_candidate
from tests.factories.client import ok, refused
from tests.factories.job import job_body, make_job
from tests.factories.offer import PAY, make_offer

KINDS = {
    "note": ("text", "Needs a badge", []),
    "cost": ("number", 12.5, []),
    "since": ("date", "2027-01-31", []),
    "shift": ("choice", "late", ["early", "late"]),
    "sites": ("multi_choice", ["Ulm", "Köln"], ["Köln", "Ulm", "Bonn"]),
    "urgent": ("boolean", True, []),
    "wiki": ("url", "https://wiki.example/1", []),
}
VALUES = {key: value for key, (_, value, _) in KINDS.items()}
FILTERS = {"note": "Needs a badge", "cost": "12.50", "sites": "Köln", "urgent": "true"}


def _new_job(tenant, **values):
    return "/jobs", job_body(**values)


def _new_application(tenant, **values):
    return "/applications", {"candidate_id": str(make_candidate(tenant)), "job_id": str(make_job(tenant)), **values}


def _new_offer(tenant, **values):
    return "/offers", {"application_id": str(make_application(tenant)), "pay": PAY, **values}


def _new_candidate(tenant, **values):
    return "/candidates", candidate_body(**values)


SUBJECTS = {"job": _new_job, "application": _new_application, "offer": _new_offer, "candidate": _new_candidate}


@pytest.fixture(params=SUBJECTS)
def subject(request, api):
    for key, (kind, _, choices) in KINDS.items():
        field = {"subject": request.param, "key": key, "label": key, "kind": kind, "choices": choices}
        assert ok(api.post("/custom-fields", field), 201)["subject"] == request.param
    return request.param


def test_values_are_stored_changed_and_filtered(tenant, api, subject):
    path, body = SUBJECTS[subject](tenant, custom_fields=VALUES)
    made = ok(api.post(path, body), 201)
    assert made["custom_fields"] == VALUES
    other = ok(api.post(*SUBJECTS[subject](tenant)), 201)
    assert other["custom_fields"] == {}
    for key, value in VALUES.items():
        wanted = FILTERS.get(key, value)
        rows = ok(api.get(path, query_string={"custom_field": f"{key}:{wanted}"}))["data"]
        assert [row["id"] for row in rows] == [made["id"]], key
        other = {"cost": "7", "urgent": "false"}.get(key, "other")
        assert ok(api.get(path, query_string={"custom_field": f"{key}:{other}"}))["data"] == [], key
    changed = ok(api.patch(f"{path}/{made['id']}", {"custom_fields": {"note": None, "shift": "early"}}))
    expected = {key: value for key, value in VALUES.items() if key != "note"} | {"shift": "early"}
    assert changed["custom_fields"] == expected == ok(api.get(f"{path}/{made['id']}"))["custom_fields"]


def test_a_value_must_match_its_field(tenant, api, subject):
    path, body = SUBJECTS[subject](tenant, custom_fields={"cost": "much"})
    assert refused(api.post(path, body), 422) == "custom_field"
    made = ok(api.post(path, {**body, "custom_fields": {}}), 201)
    for bad in ({"cost": True}, {"shift": "night"}, {"sites": ["Ulm", "Ulm"]}, {"unknown": 1}):
        assert refused(api.patch(f"{path}/{made['id']}", {"custom_fields": bad}), 422) == "custom_field"


def test_a_field_belongs_to_one_subject(tenant, api, subject):
    for other in SUBJECTS.keys() - {subject}:
        path, body = SUBJECTS[other](tenant, custom_fields={"cost": 1})
        assert refused(api.post(path, body), 422) == "custom_field"
    again = {"subject": subject, "key": "cost", "label": "Cost", "kind": "text"}
    assert refused(api.post("/custom-fields", again), 409)
    other = next(iter(SUBJECTS.keys() - {subject}))
    ok(api.post("/custom-fields", {**again, "subject": other}), 201)
    listed = ok(api.get("/custom-fields", query_string={"subject": other}))["data"]
    assert [(row["key"], row["kind"]) for row in listed] == [("cost", "text")]
    assert len(ok(api.get("/custom-fields"))["data"]) == len(KINDS) + 1


def test_values_go_on_with_a_transfer_and_with_a_copy_of_a_job(tenant, api):
    for subject in ("application", "job"):
        ok(api.post("/custom-fields", {"subject": subject, "key": "cost", "label": "Cost", "kind": "number"}), 201)
    path, body = _new_application(tenant, custom_fields={"cost": 3})
    made = ok(api.post(path, body), 201)
    moved = ok(api.post(f"{path}/{made['id']}/transfer", {"job_id": str(make_job(tenant))}), 201)
    assert moved["custom_fields"] == {"cost": 3}
    job = ok(api.post("/jobs", job_body(custom_fields={"cost": 7})), 201)
    assert ok(api.post(f"/jobs/{job['id']}/clone", {}), 201)["custom_fields"] == {"cost": 7}


def test_values_of_an_offer_are_no_terms(tenant, api):
    ok(api.post("/custom-fields", {"subject": "offer", "key": "cost_center", "label": "Cost", "kind": "number"}), 201)
    offer = str(make_offer(tenant))
    ok(api.post(f"/offers/{offer}/send", {}, headers={"Idempotency-Key": "once"}))
    changed = ok(api.patch(f"/offers/{offer}", {"custom_fields": {"cost_center": 4711}}))
    assert (changed["status"], changed["revision"]) == ("sent", 1)


def test_null_is_no_value_of_a_new_row(tenant, api, subject):
    path, body = SUBJECTS[subject](tenant, custom_fields={"cost": None, "nothing": None})
    assert ok(api.post(path, body), 201)["custom_fields"] == {}


def test_the_source_of_an_application_can_be_corrected(tenant, api):
    application = str(make_application(tenant))
    assert ok(api.patch(f"/applications/{application}", {"source": "Job fair"}))["source"] == "Job fair"
    assert ok(api.patch(f"/applications/{application}", {"source": None}))["source"] is None


def test_a_filter_names_a_known_field_and_a_number(tenant, api, subject):
    path, _ = SUBJECTS[subject](tenant)
    if subject == "candidate":  # the search index knows words, not kinds
        return
    for bad, code in (
        ("nothing:1", "unknown_custom_field"),
        ("cost:much", "invalid_parameters"),
        ("cost:nan", "invalid_parameters"),
        ("urgent:maybe", "invalid_parameters"),
    ):
        assert refused(api.get(path, query_string={"custom_field": bad}), 400) == code
