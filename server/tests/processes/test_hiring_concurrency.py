"""Many who hire at once, over real sockets: one hire per opening, one live application, one place at a time."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from tests.factories.candidate import candidate_body
from tests.factories.interview import in_days
from tests.processes import http_client
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
        answer = http_client.post(self._base + path, json=body, **self._options)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def get(self, path: str) -> dict:
        return http_client.get(self._base + path, **self._options).json()

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
    assert len(caller.get(f"/applications/{application}/stage-history")["data"]) == 2


def _applications(caller: Caller, job: str) -> list[dict]:
    return caller.get(f"/applications?job_id={job}&limit=200")["data"]


def _apply(slug: str, posting: str, email: str, resume: bytes | None = None) -> dict:
    path = f"/public/careers/{slug}/jobs/{posting}/apply"
    parts: dict = {name: (None, value) for name, value in {"name": "Ida", "email": email, "consent": "true"}.items()}
    file = {"file": ("resume.txt", resume, "text/plain")} if resume else {}
    return {"method": "POST", "url": path, "files": {**parts, **file}}


def _posting(caller: Caller, job: str) -> tuple[str, str]:
    posting = caller.post(f"/jobs/{job}/postings", {})["id"]
    caller.post(f"/job-postings/{posting}/publish", {})
    return caller.get("/tenant")["slug"], posting


def test_the_same_person_applies_once_whatever_the_rush(started):
    live, headers = started
    caller = Caller(live, headers)
    job = caller.open_job()
    slug, posting = _posting(caller, job)
    resume = b"Ida Rush\nWharf Warden\n" * 40_000
    answers = _storm(live, [_apply(slug, posting, "ida@rush.example", resume)] * 16, workers=16)
    assert Counter(answer.status_code for answer in answers) == {201: 16}
    assert len(_applications(caller, job)) == len(caller.get("/candidates")["data"]) == 1
    assert len(caller.get("/candidate-resumes")["data"]) == 1


@pytest.mark.parametrize("by", ["candidates", "users"])
def test_nobody_gets_into_a_job_that_is_closed_meanwhile(started, by):
    live, headers = started
    caller = Caller(live, headers)
    job = caller.open_job()
    slug, posting = _posting(caller, job)
    if by == "candidates":
        requests = [_apply(slug, posting, f"ida{number}@rush.example") for number in range(20)]
    else:
        people = [caller.post("/candidates", {"name": f"Ida {number}"})["id"] for number in range(20)]
        requests = [_post("/applications", {"job_id": job, "candidate_id": each}, headers) for each in people]
    requests.insert(8, _post(f"/jobs/{job}/close", {"reason": "It is over.", "applications": "keep"}, headers))
    answers = _storm(live, requests, workers=21)
    codes = Counter(answer.status_code for answer in answers)
    assert codes[200] == 1 and set(codes) <= {200, 201, 410, 409}
    assert len(_applications(caller, job)) == codes[201]
    closed = next(event for event in caller.get("/events?limit=200")["data"] if event["type"] == "job.close")
    came = [event["seq"] for event in caller.get("/events?limit=200")["data"] if event["type"] == "application.created"]
    assert all(seq < closed["seq"] for seq in came)


def test_colleagues_who_mark_the_same_candidates_do_not_hinder_each_other(started):
    live, headers = started
    caller = Caller(live, headers)
    job, people = caller.open_job(), [caller.candidate() for _ in range(5)]
    bodies = [{"candidate_ids": people, "mark": mark} for mark in ("seen", "shortlisted", None, "passed_over") * 6]
    answers = _storm(live, [_post(f"/jobs/{job}/marks", body, headers) for body in bodies], workers=24)
    assert Counter(answer.status_code for answer in answers) == {200: 24}


def test_a_limit_holds_for_many_at_once(started):
    live, headers = started
    views = [{"resource": "jobs", "name": f"View {number}"} for number in range(205)]
    answers = _storm(live, [_post("/saved-views", view, headers) for view in views], workers=24)
    assert Counter(answer.status_code for answer in answers) == {201: 200, 409: 5}
