"""Many at once, over real sockets: exactly one effect, never beyond a limit, never a 5xx."""

from __future__ import annotations

import itertools
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest

from tests.factories.candidate import candidate_body
from tests.factories.client import refused
from tests.processes import http_client
from tests.processes.live import LiveServer

pytestmark = pytest.mark.processes


_numbers = itertools.count(1)


@pytest.fixture
def slug():
    return f"storm{next(_numbers)}"


@pytest.fixture
def started(shared, slug):
    return shared, shared.sign_up(slug)


def _storm(live: LiveServer, requests: list[dict], workers: int = 50) -> list[httpx.Response]:
    limits = httpx.Limits(max_connections=workers)
    with httpx.Client(base_url=f"{live.url}/api/v1", timeout=90, limits=limits) as client:
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(lambda request: client.request(**request), requests))


def _post(path: str, body: dict, headers: dict, **extra: str) -> dict:
    return {"method": "POST", "url": path, "json": body, "headers": {**headers, **extra}}


def _count(live: LiveServer, headers: dict) -> int:
    answer = http_client.get(f"{live.url}/api/v1/candidates?include=total_count", headers=headers, timeout=30)
    return answer.json()["total_count"]


def test_one_key_has_one_effect(started):
    live, headers = started
    request = _post("/candidates", candidate_body(), headers, **{"Idempotency-Key": "the-same"})
    answers = _storm(live, [request] * 50)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert _count(live, headers) == 1


def test_parts_of_a_json_resume_that_come_at_once_are_all_kept(started):
    live, headers = started
    basics = {"name": "Ida Parts", "email": "ida@people.example"}
    parts = {
        "work": [{"name": "Quay", "position": "Pilot"}],
        "education": [{"institution": "Harbour School"}],
        "certificates": [{"name": "Radio"}],
        "projects": [{"name": "Lighthouse"}],
        "publications": [{"name": "On Tides"}],
    }
    http_client.put(f"{live.url}/api/v1/candidates/json-resume", json={"basics": basics}, headers=headers, timeout=30)
    bodies = [{"basics": basics, name: value} for name, value in parts.items()] * 4
    answers = _storm(live, [{**_post("/candidates/json-resume", body, headers), "method": "PUT"} for body in bodies])
    assert {answer.status_code for answer in answers} == {200}
    resumes = f"{live.url}/api/v1/candidate-resumes?candidate_id={answers[0].json()['candidate']['id']}"
    (resume,) = http_client.get(resumes, headers=headers, timeout=30).json()["data"]
    file = f"{live.url}/api/v1/candidate-documents/{resume['document_id']}/link"
    url = http_client.get(file, headers=headers, timeout=30).json()["url"]
    assert set(parts) < set(http_client.get(url, timeout=30).json())


def test_one_person_is_created_once(started):
    live, headers = started
    answers = _storm(live, [_post("/candidates", candidate_body(emails=["one@people.example"]), headers)] * 50)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 49}
    assert _count(live, headers) == 1


def test_the_plan_is_never_passed(started):
    live, headers = started
    answers = _storm(live, [_post("/candidates", candidate_body(), headers) for _ in range(70)])
    assert Counter(answer.status_code for answer in answers) == {201: 50, 402: 20}
    assert _count(live, headers) == 50
    report = http_client.get(f"{live.url}/api/v1/audit/verify", headers=headers, timeout=30).json()
    assert report["valid"]


def test_the_limit_of_users_is_never_passed(started):
    live, headers = started
    bodies = [
        {"email": f"user{n}@storm.example", "name": "User", "role": "MANAGER", "password": "a quiet harbour at dawn"}
        for n in range(50)
    ]
    answers = _storm(live, [_post("/users", body, headers) for body in bodies])
    assert Counter(answer.status_code for answer in answers) == {201: 4, 402: 46}, "the plan has five, one signed up"
    usage = http_client.get(f"{live.url}/api/v1/tenant/usage", headers=headers, timeout=30).json()
    assert usage["users"] == {"used": 5, "limit": 5}


def test_parallel_refreshes_leave_one_live_child(started, slug):
    live, _ = started
    token = live.login(slug)["refresh_token"]
    answers = _storm(live, [_post("/auth/refresh", {"refresh_token": token}, {})] * 20, workers=20)
    assert Counter(answer.status_code for answer in answers) == {200: 20}, "tabs of one person stay signed in"
    (child,) = {answer.json()["refresh_token"] for answer in answers}
    renewed = http_client.post(f"{live.url}/api/v1/auth/refresh", json={"refresh_token": child}, timeout=30)
    assert renewed.status_code == 200
    old = http_client.post(f"{live.url}/api/v1/auth/refresh", json={"refresh_token": token}, timeout=30)
    assert refused(old, 401) == "invalid_refresh_token"


@pytest.mark.parametrize("apart_ms", [0, 20, 100, 500])
def test_tabs_that_refresh_together_stay_signed_in(started, slug, apart_ms):
    """Four tabs share a token and refresh one after the other; whichever answer each keeps, all go on."""
    live, _ = started
    token = live.login(slug)["refresh_token"]

    def tab(number):
        time.sleep(number * apart_ms / 1000)
        return http_client.post(f"{live.url}/api/v1/auth/refresh", json={"refresh_token": token}, timeout=30)

    for _ in range(3):
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(tab, range(4)))
        assert [answer.status_code for answer in answers] == [200] * 4
        token = answers[-1].json()["refresh_token"]


def test_of_two_writers_one_is_stale(started):
    live, headers = started
    created = http_client.post(
        f"{live.url}/api/v1/candidates", json=candidate_body(), headers=headers, timeout=30
    ).json()
    change = {
        "method": "PATCH",
        "url": f"/candidates/{created['id']}",
        "json": {"headline": "Mine"},
        "headers": {**headers, "If-Match": '"1"'},
    }
    answers = _storm(live, [change] * 8, workers=8)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 7}


def test_many_writers_never_meet_a_locked_database(started):
    live, headers = started
    requests = [_post("/jobs", {"title": f"Job {number}"}, headers) for number in range(120)]
    answers = _storm(live, requests, workers=16)
    assert Counter(answer.status_code for answer in answers) == {201: 120}


def test_a_storm_shows_nobody_a_foreign_row(started):
    live, first = started
    second = live.sign_up("calm")
    owners = {}
    for headers in (first, second):
        for _ in range(5):
            created = http_client.post(
                f"{live.url}/api/v1/candidates", json=candidate_body(), headers=headers, timeout=30
            ).json()
            owners[created["id"]] = headers["Authorization"]
    requests = [{"method": "GET", "url": "/candidates", "headers": headers} for headers in (first, second)] * 150
    for request, answer in zip(requests, _storm(live, requests, workers=32), strict=True):
        rows = answer.json()["data"]
        assert len(rows) == 5
        assert {owners[row["id"]] for row in rows} == {request["headers"]["Authorization"]}


def test_who_shares_contact_points_does_not_wait_in_a_circle(started):
    """The same points in different orders: a deadlock if everybody wrote them as they come."""
    live, headers = started
    points = [f"p{number}@people.example" for number in range(8)]
    bodies = [candidate_body(emails=points[turn:] + points[:turn]) for turn in range(8)] * 6
    answers = _storm(live, [_post("/candidates", body, headers) for body in bodies], workers=16)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 47}
    people = [
        http_client.post(f"{live.url}/api/v1/candidates", json=candidate_body(), headers=headers).json()["id"]
        for _ in "ab"
    ]
    changes = [
        {"method": "PATCH", "url": f"/candidates/{people[turn % 2]}", "json": {"emails": mails}, "headers": headers}
        for turn, mails in enumerate(
            [["x@y.example", "z@y.example"], ["z@y.example", "x@y.example"], ["x@y.example"]] * 16
        )
    ]
    assert {answer.status_code for answer in _storm(live, changes, workers=16)} <= {200, 409}


def test_sockets_that_fall_silent_give_their_threads_back(started):
    """More of them than there are threads: each has begun a body, and goes on no more."""
    live, _ = started
    head = (
        b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
    )
    with ExitStack() as stack:
        for _ in range(50):
            stack.enter_context(socket.create_connection(("127.0.0.1", live.port))).sendall(head)
        time.sleep(1)
        assert http_client.get(f"{live.url}/health/live", timeout=60).status_code == 200
