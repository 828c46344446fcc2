"""Fields that need a right of their own: pay and contact points are null in every view of whoever lacks it."""

from __future__ import annotations

import pytest

from app.services.candidates import candidate_read_service
from tests.factories.candidate import make_candidate
from tests.factories.candidate_resume import make_resume
from tests.factories.client import Api, ok, refused

PAY = {"amount": "72000.50", "currency": "EUR", "period": "year"}
ADDRESS, PHONE = "grace@people.example", "+494030081234"
SCREENER = ["candidates.view_all", "candidates.create", "candidates.update", "applications.read", "email_messages.read"]


@pytest.fixture
def candidate(tenant, api):
    body = {"name": "Grace Hopper", "emails": [ADDRESS], "phones": [PHONE], "expected_pay": PAY}
    return ok(api.post("/candidates", body), 201)["id"]


@pytest.fixture
def make_key(tenant, api):
    def make(*permissions) -> Api:
        body = {"name": f"Key of {len(permissions)}", "permissions": list(permissions)}
        return Api(tenant.app, ok(api.post("/api-keys", body), 201)["secret"])

    return make


def test_pay_is_kept_exactly_and_shown_with_its_right(tenant, api, candidate):
    for role in ("TENANT_ADMIN", "MANAGER", "TEAM_LEAD"):
        ok(api.patch(f"/candidates/{candidate}", {"owner_id": str(tenant.users["TEAM_LEAD"])}))
        assert ok(tenant.api(role).get(f"/candidates/{candidate}"))["expected_pay"] == PAY, role
    shown = ok(tenant.api("RECRUITER").get(f"/candidates/{candidate}"))
    assert shown["expected_pay"] is None and "expected_pay" in shown
    assert ok(api.patch(f"/candidates/{candidate}", {"expected_pay": None}))["expected_pay"] is None


@pytest.mark.parametrize(
    "pay",
    [
        {**PAY, "amount": 72000},
        {**PAY, "amount": "-1"},
        *[{**PAY, "amount": odd} for odd in ("１２", "+1", " 1", "1e2", "1_000", "5.", ".5", "1\n")],
        {**PAY, "amount": "1.001"},
        {**PAY, "amount": "NaN"},
        {**PAY, "amount": "1e400"},
        {**PAY, "amount": "99999999999"},
        {**PAY, "currency": "EURO"},
        {**PAY, "currency": "XYZ"},
        {**PAY, "period": "decade"},
        {"amount": "1"},
    ],
)
def test_pay_is_a_decimal_string_with_a_currency_and_a_period(api, pay):
    assert refused(api.post("/candidates", {"name": "Grace", "expected_pay": pay}), 422) == "validation_failed"


def test_who_may_not_see_pay_does_not_set_it_and_keeps_it(tenant, api, candidate):
    ok(api.patch(f"/candidates/{candidate}", {"owner_id": str(tenant.users["RECRUITER"])}))
    recruiter = tenant.api("RECRUITER")
    for method, path, body in (
        ("PATCH", f"/candidates/{candidate}", {"expected_pay": PAY}),
        ("PATCH", f"/candidates/{candidate}", {"expected_pay": None}),
        ("POST", "/candidates", {"name": "New", "expected_pay": PAY}),
    ):
        answer = recruiter.call(method, path, json=body)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "field_not_permitted"), body
    ok(recruiter.patch(f"/candidates/{candidate}", {"headline": "Changed"}))
    assert ok(api.get(f"/candidates/{candidate}"))["expected_pay"] == PAY


def test_contact_points_are_null_in_every_view_without_their_right(tenant, api, candidate, make_key):
    screener, reader = make_key(*SCREENER), make_key(*SCREENER, "candidates.pii")
    assert {contact["value"] for contact in ok(reader.get(f"/candidates/{candidate}"))["contacts"]} == {ADDRESS, PHONE}
    job = ok(api.post("/jobs", {"title": "Engineer"}), 201)["id"]
    ok(api.post(f"/jobs/{job}/open", {}))
    application = ok(api.post("/applications", {"candidate_id": candidate, "job_id": job}), 201)["id"]
    ok(api.post(f"/applications/{application}/reject", {"reason": "Not this time."}))  # which mails the candidate
    for path in (f"/candidates/{candidate}", "/candidates", "/candidates?q=grace", "/applications", "/email-messages"):
        text = screener.get(path).text
        assert ADDRESS not in text and PHONE not in text, path
        assert "Grace" in text or path == "/email-messages", path
    of_candidate = f"/email-messages?candidate_id={candidate}"
    (mail,) = ok(screener.get(of_candidate))["data"]
    assert mail["recipient"] is None and ok(reader.get(of_candidate))["data"][0]["recipient"] == ADDRESS
    changed = ok(screener.patch(f"/candidates/{candidate}", {"headline": "Seen"}))
    assert changed["contacts"] is None and changed["headline"] == "Seen"


def test_who_may_not_see_addresses_neither_looks_for_them_nor_replaces_them(tenant, candidate, make_key):
    screener = make_key(*SCREENER)
    for answer in (
        screener.get("/candidates", query_string={"email": ADDRESS}),
        screener.patch(f"/candidates/{candidate}", {"emails": []}),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (403, "field_not_permitted")


def test_a_search_for_words_finds_nobody_by_an_address_in_the_resume(tenant, api):
    resume = ok(api.get(f"/candidate-resumes/{make_resume(tenant)}"))
    text = resume["text"]
    address = resume["parsed"]["email"]["value"]
    assert address in text
    assert ok(api.get("/candidates", query_string={"q": "warehouse"}))["data"]
    for words in (address, address.split("@")[1]):
        assert ok(api.get("/candidates", query_string={"q": words}))["data"] == [], words
    assert ok(api.get("/candidates", query_string={"email": address}))["data"]


def test_who_reads_files_sees_what_stands_in_them(tenant, api):
    role = ok(api.post("/roles", {"name": "READER", "permissions": ["candidate_resumes.read"]}), 201)
    assert "candidates.pii" in role["permissions"]


def test_a_list_has_no_field_to_hide(tenant):
    make_candidate(tenant)
    assert not {"pay_amount", "contacts"} & {column.name for column in candidate_read_service.ITEM_COLUMNS}
