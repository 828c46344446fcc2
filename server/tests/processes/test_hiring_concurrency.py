"""Many who hire at once, over real sockets: one hire per opening, one live application, one place at a time."""

from __future__ import annotations

import itertools
from collections import Counter

import httpx
import pytest

from tests.factories.candidate import candidate_body
from tests.factories.interview import in_days
from tests.processes.live import LiveServer
from tests.processes.test_concurrency import _post, _storm

pytestmark = pytest.mark.processes
_numbers = itertools.count(1)


@pytest.fixture
def started(shared):
    return shared, shared.sign_up(f"hiring{next(_numbers)}")


class Caller:
    """A client that insists on success."""

    def __init__(self, live: LiveServer, headers: dict) -> None:
        self._base, self._options = f"{live.url}/api/v1", {"headers": headers, "timeout": 60}

    def post(self, path: str, body: dict) -> dict:
        answer = httpx.post(self._base + path, json=body, **self._options)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def get(self, path: str) -> dict:
        return httpx.get(self._base + path, **self._options).json()

    def open_job(self, openings: int = 1) -> str:
        job = self.post("/jobs", {"title": "Wharf Warden", "openings": openings})["id"]
        self.post(f"/jobs/{job}/open", {})
        return job

    def candidate(self) -> str:
        return self.post("/candidates", candidate_body())["id"]

    def apply(self, job: str) -> str:
        return self.post("/applications", {"candidate_id": self.candidate(), "job_id": job})["id"]


def test_no_opening_is_filled_twice(started):
    live, headers = started
    caller = Caller(live, headers)
    job = caller.open_job(openings=3)
    applications = [caller.apply(job) for _ in range(8)]
    answers = _storm(live, [_post(f"/applications/{each}/hire", {}, headers) for each in applications * 3], workers=24)
    assert Counter(answer.status_code for answer in answers) == {200: 3, 409: 21}
    openings = caller.get(f"/jobs/{job}/openings")["data"]
    assert len({each["application_id"] for each in openings}) == 3 and None not in [e["filled_at"] for e in openings]
    assert (caller.get(f"/jobs/{job}")["status"], caller.get(f"/jobs/{job}")["hired"]) == ("filled", 3)


def test_a_candidate_has_one_live_application_for_a_job(started):
    live, headers = started
    caller = Caller(live, headers)
    body = {"candidate_id": caller.candidate(), "job_id": caller.open_job()}
    answers = _storm(live, [_post("/applications", body, headers)] * 24, workers=24)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 23}


def test_an_interviewer_is_at_one_place_at_a_time(started):
    live, headers = started
    caller = Caller(live, headers)
    job, me = caller.open_job(), caller.get("/auth/me")["id"]
    bodies = [
        {"application_id": caller.apply(job), "kind": "phone", "panel": [me], "time": {"starts_at": in_days(2)}}
        for _ in range(12)
    ]
    answers = _storm(live, [_post("/interviews", body, headers) for body in bodies], workers=12)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 11}
    assert len(caller.get("/interviews")["data"]) == 1


def test_a_move_from_one_stage_happens_once(started):
    live, headers = started
    caller = Caller(live, headers)
    job = caller.open_job()
    stages = [each["id"] for each in caller.get(f"/jobs/{job}")["stages"]]
    step = {"from_stage_id": stages[1], "to_stage_id": stages[3]}
    application = caller.apply(job)
    answers = _storm(live, [_post(f"/applications/{application}/move", step, headers)] * 12, workers=12)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 11}
    assert len(caller.get(f"/applications/{application}/stays")["data"]) == 2
