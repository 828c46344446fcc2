"""Whatever is sent, the answer is a problem that says what is wrong, never a 500."""

from __future__ import annotations

import json
import re
from typing import get_args

import pytest
from pydantic_core.core_schema import ErrorType

from app.middleware.identity.public_limits import network_of
from app.utils.validation_errors import SENTENCES
from tests.factories.candidate import candidate_body, make_candidate
from tests.factories.client import ok, refused
from tests.factories.job import make_job
from tests.factories.windows import room_in_window

JSON = {"Content-Type": "application/json"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=x"}


def _post(api, data: bytes, **headers):
    return api.call("POST", "/candidates", data=data, headers={**JSON, **headers})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b'{"name":' + b"[" * 5_000,
        b"\xef\xbb\xbf{}",
        '{"name": "x"}'.encode("utf-16"),
        b'{"name": "\xff\xfe"}',
        b'{"name": NaN}',
        b'{"years_experience": 1e309, "name": "x"}',
        b'{"name": "\\ud800"}',
        b"nonsense",
        b'{"a": 1} trailing',
        b'{"name": "x", "name": "y"}',
    ],
    ids=lambda data: repr(data[:20]),
)
def test_bytes_that_are_no_json_are_malformed(api, data):
    response = _post(api, data)
    assert response.status_code == (400 if data else 411), response.text
    assert response.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 201},
        {"name": "a\x00b"},
        {"name": "a\r\nSet-Cookie: x"},
        {"name": 7},
        {"name": "a\u2028b"},
        {"name": "\u202etxt"},
        {"name": "\u200b"},
        {"name": None},
        {"years_experience": -1},
        {"years_experience": 71},
        {"years_experience": "7"},
        {"years_experience": 10**18},
        {"emails": ["nobody"]},
        {"emails": ["a@b.example"] * 11},
        {"emails": "a@b.example"},
        {"phones": ["123"]},
        {"links": ["javascript:alert(1)"]},
        {"skills": ["x" * 61]},
        {"owner_id": "x"},
        {"unknown": 1},
        {"tenant_id": "01890000-0000-7000-8000-000000000000"},
    ],
    ids=lambda change: str(change)[:40],
)
def test_values_that_do_not_validate_are_named_and_not_echoed(api, change):
    response = api.post("/candidates", {**candidate_body(), **change})
    problem = response.get_json()
    assert refused(response, 422) == "validation_failed" and problem["code"] == "validation_failed"
    assert problem["errors"][0]["pointer"].startswith(f"/{list(change)[0]}")
    assert "input" not in problem["errors"][0] and "Set-Cookie" not in response.text


@pytest.mark.parametrize("text", ["'; drop table candidates; --", "{{ 7*7 }}", "<script>alert(1)</script>", "=1+1"])
def test_texts_with_a_meaning_elsewhere_are_kept_as_they_are(api, text):
    created = ok(api.post("/candidates", candidate_body(name=text)), 201)
    assert created["name"] == text


def test_a_body_without_a_length_is_refused(api):
    response = api.call(
        "POST",
        "/candidates",
        headers={**JSON, "Transfer-Encoding": "chunked"},
        environ_overrides={"CONTENT_LENGTH": ""},
    )
    assert refused(response, 411) == "length_required"


def test_a_large_body_is_refused(api):
    assert refused(_post(api, b'{"name": "' + b"x" * 1_100_000 + b'"}'), 413) == "payload_too_large"


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data", ""])
def test_another_content_type_is_refused(api, content_type):
    assert (
        refused(api.call("POST", "/candidates", data=b"{}", headers={"Content-Type": content_type}), 415)
        == "unsupported_media_type"
    )


def test_a_compressed_body_is_refused(api):
    assert refused(_post(api, b"{}", **{"Content-Encoding": "gzip"}), 415) == "unsupported_media_type"


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=-1", "limit=x", "limit=99999999999999999999", "sort=password", "cursor=x", "ids=x"]
    + [
        "updated_at[gt]=yesterday",
        "updated_at[gt]=2026-01-01T00:00:00",
        "status=other",
        "limit=1&limit=2",
        "include=all",
    ],
)
def test_parameters_that_are_wrong_are_400(api, query):
    assert refused(api.get(f"/candidates?{query}"), 400) in (
        "bad_cursor",
        "bad_sort",
        "invalid_parameters",
        "repeated_parameter",
    )


def test_an_unknown_parameter_is_named_with_its_nearest(api):
    problem = api.get("/candidates?limt=3").get_json()
    assert problem["detail"] == "There is no parameter 'limt'. Did you mean limit?"
    assert refused(api.get("/tenant?x=1"), 400) == "invalid_parameters"


def test_unknown_routes_and_methods_are_problems(api):
    for path in ("/nowhere", "/api/v1/nowhere", "/api/v1/candidates/not-a-uuid"):
        response = api.get(path)
        assert (response.status_code, response.content_type) == (404, "application/problem+json")
    response = api.call("PUT", "/candidates")
    assert refused(response, 405) == "method_not_allowed" and set(response.headers["Allow"].split(", ")) >= {
        "GET",
        "POST",
    }
    assert response.get_json()["code"] == "method_not_allowed"


def test_an_unexpected_error_shows_nothing(api, monkeypatch):
    def explode(*_):
        raise KeyError("a secret")

    monkeypatch.setattr("app.services.candidates.candidate_read_service.LIST.page", explode)
    response = api.get("/candidates")
    assert response.status_code == 500 and "secret" not in response.text and "Traceback" not in response.text
    assert response.get_json()["request_id"] == response.headers["X-Request-Id"]


def test_a_request_id_goes_in_and_out(api):
    assert api.get("/candidates", headers={"X-Request-Id": "abc-123"}).headers["X-Request-Id"] == "abc-123"
    assert api.get("/candidates", headers={"X-Request-Id": "a b"}).headers["X-Request-Id"] != "a b"


def test_security_headers_stand_on_every_answer(api):
    for path in ("/candidates", "/nowhere", "/openapi.json", "/docs", "/health/live"):
        headers = api.get(path).headers
        assert (
            headers["X-Content-Type-Options"] == "nosniff"
            and "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        )
    assert api.get("/candidates").headers["Cache-Control"] == "no-store"


def test_only_known_origins_get_cors(api):
    known = api.get("/candidates", headers={"Origin": "https://app.example"})
    assert known.headers["Access-Control-Allow-Origin"] == "https://app.example"
    for origin in ("https://evil.example", "https://app.example.evil.example", "null"):
        assert "Access-Control-Allow-Origin" not in api.get("/candidates", headers={"Origin": origin}).headers


def test_a_browser_app_sees_the_problem_of_an_unknown_path(api):
    asks = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    for path in ("/candidates", "/nothing", "/candidates/nowhere/at/all"):
        preflight = api.call("OPTIONS", path, headers=asks)
        assert preflight.status_code == 204 and "POST" in preflight.headers["Access-Control-Allow-Methods"], path
        assert preflight.headers["Access-Control-Allow-Origin"] == "https://app.example"
    answer = api.post("/candidates/nowhere", {}, headers={"Origin": "https://app.example"})
    assert refused(answer, 404) == "not_found" and answer.headers["Access-Control-Allow-Credentials"] == "true"
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"Allow", "Content-Disposition", "Location", "WWW-Authenticate"} < set(exposed)
    strange = api.call("OPTIONS", "/candidates", headers={**asks, "Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in strange.headers


def test_published_jobs_are_for_any_site_without_cookies(tenant, api):
    path = f"/public/careers/{tenant.slug}"
    answer = api.get(path, headers={"Origin": "https://careers.of-the-tenant.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    asks = {"Origin": "https://careers.of-the-tenant.example", "Access-Control-Request-Method": "POST"}
    assert api.call("OPTIONS", f"{path}/jobs/x/apply", headers=asks).headers["Access-Control-Allow-Origin"] == "*"
    offers = api.get("/public/offers/x", headers={"Origin": "https://careers.of-the-tenant.example"})
    assert "Access-Control-Allow-Origin" not in offers.headers, "links with tokens are for their pages alone"


def test_messages_of_validation_are_whole_sentences_of_our_own(api):
    wrong = {"name": "", "emails": ["x"], "years_experience": 71, "shoe": 1, "status": 3, "expected_pay": {"amount": 1}}
    errors = api.post("/candidates", wrong).get_json()["errors"]
    assert {error["pointer"]: error["detail"] for error in errors} == {
        "/name": "This value must have at least one character.",
        "/emails/0": "This value must be an email address.",
        "/years_experience": "This value must be at most 70.",
        "/shoe": "There is no such field.",
        "/status": "There is no such field.",
        "/expected_pay/amount": "This value must be a decimal string, like 72000.00.",
        "/expected_pay/currency": "This field is required.",
        "/expected_pay/period": "This field is required.",
    }
    (none,) = api.call("POST", "/candidate-resumes", data=b"--x--\r\n", headers=MULTIPART).get_json()["errors"]
    assert none == {"pointer": "/file", "code": "missing", "detail": "Send exactly one file."}


def test_no_sentence_is_that_of_the_library():
    kinds = set(get_args(ErrorType))
    assert set(SENTENCES) <= kinds, "a type that Pydantic does not know"
    used = set(re.findall(r"\{(\w+)\}", " ".join(SENTENCES.values())))
    assert used == {
        "min_length",
        "max_length",
        "gt",
        "ge",
        "lt",
        "le",
        "expected",
        "discriminator",
        "expected_tags",
    }


def test_a_tag_of_the_version_guards_writes_and_saves_reads(tenant, api):
    path = f"/candidates/{make_candidate(tenant)}"
    tag = api.get(path).headers["ETag"]
    assert api.get(path, headers={"If-None-Match": tag}).status_code == 304
    ok(api.patch(path, {"headline": "A"}, headers={"If-Match": tag}))
    stale = api.patch(path, {"headline": "B"}, headers={"If-Match": tag})
    assert (
        refused(stale, 412) == "version_mismatch"
        and stale.get_json()["current_version"] == 2
        and stale.headers["ETag"] == '"2"'
    )
    assert refused(api.patch(path, {"headline": "C"}, headers={"If-Match": "nonsense"}), 400) == "bad_if_match"
    assert json.loads(api.get(path).data)["headline"] == "A"


def test_rate_limits_tell_what_is_left(tenant, monkeypatch):
    monkeypatch.setattr(tenant.app.config["SETTINGS"], "rate_limit_principal", "3/60")
    api = tenant.api("MANAGER")
    room_in_window(5)
    answers = [api.get("/jobs") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["RateLimit"].startswith('"principal";r=2;t=') and answers[3].headers["Retry-After"]


def test_a_number_beyond_every_range_is_refused(api):
    assert (
        refused(_post(api, b'{"name": "x", "years_experience": 1000000000000000000000000000000}'), 422)
        == "validation_failed"
    )


@pytest.mark.parametrize(
    "path", ["/audit?type=%00", "/audit?subject_type=a%00b", "/candidate-documents?media_type=%00"]
)
def test_nul_in_a_filter_is_400(api, path):
    assert refused(api.get(path), 400) == "invalid_parameters"


def test_many_errors_are_cut(api):
    response = api.post("/candidates", {f"{'k' * 500}{number}": 1 for number in range(1000)})
    assert refused(response, 422) == "validation_failed" and len(response.data) < 20_000


def test_a_large_body_is_refused_where_none_is_expected(api, tenant):
    job = make_job(tenant)
    for path in (f"/jobs/{job}/matches/refresh", "/auth/logout"):
        assert (
            refused(api.call("POST", path, data=b"x" * 2_000_000, headers={"Idempotency-Key": "k"}), 413)
            == "payload_too_large"
        )


def test_double_slashes_lead_nowhere(api):
    response = api.get("/api/v1/candidates//", headers={"Host": "evil.example"})
    assert refused(response, 404) == "not_found" and "Location" not in response.headers


@pytest.mark.parametrize(
    "address, counted",
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        (None, "-"),
        ("unix", "unix"),
    ],
)
def test_an_address_is_counted_as_its_subscriber(address, counted):
    assert network_of(address) == counted
