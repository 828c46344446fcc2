"""Many candidates at once, over real sockets: one submission per form, one candidate, one interview per time."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.factories.candidate import candidate_body
from tests.factories.mailbox import read_mails
from tests.processes import http_client
from tests.processes.live import MANY
from tests.processes.test_concurrency import _post, _storm
from tests.processes.test_hiring_concurrency import Caller

pytestmark = pytest.mark.processes
_numbers = itertools.count(1)
FORM = {"name": "Grace Hopper", "consent": True}


@pytest.fixture
def started(live):
    """A server that runs jobs: the links are in emails."""
    live.start(RATE_LIMIT_PUBLIC=MANY)
    return live, live.sign_up(f"engaged{next(_numbers)}")


def _token(live, address: str, path: str) -> str:
    """Return the token in the last email to an address, once it has arrived."""
    for _ in range(300):
        if found := read_mails(live.folder, address):
            return found[-1].get_body(("plain",)).get_content().split(f"/{path}/")[1].split()[0]
        time.sleep(0.1)
    raise AssertionError("no email")


def test_twenty_submissions_and_twenty_approvals_make_one_candidate(started):
    live, headers = started
    caller = Caller(live, headers)
    email = f"grace{next(_numbers)}@people.example"
    invitation = caller.post("/candidate-invitations", {"email": email})["id"]
    path = f"/public/candidate-invitations/{_token(live, email, 'invitations')}/submit"
    answers = _storm(live, [_post(path, FORM, {})] * 20, workers=20)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 19}
    approve = _post(f"/candidate-invitations/{invitation}/approve", {}, headers)
    answers = _storm(live, [approve] * 20, workers=20)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 19}
    assert len(caller.get("/candidates")["data"]) == 1


def test_one_invitation_of_an_address_is_open_whatever_the_rush(started):
    live, headers = started
    body = {"email": f"rush{next(_numbers)}@people.example"}
    answers = _storm(live, [_post("/candidate-invitations", body, headers)] * 16, workers=16)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 15}


def _invited(live, caller: Caller, headers: dict, pool: str) -> str:
    """Propose an interview to a new candidate, and return the token of the booking link."""
    email = f"booker{next(_numbers)}@people.example"
    candidate = caller.post("/candidates", {**candidate_body(), "emails": [email]})["id"]
    application = caller.post("/applications", {"candidate_id": candidate, "job_id": caller.job})["id"]
    interview = caller.post("/interviews", {"application_id": application, "kind": "video", "panel": []})["id"]
    path = f"{live.url}/api/v1/interviews/{interview}/booking"
    http_client.put(path, json={"pool_id": pool}, headers=headers, timeout=60).raise_for_status()
    return _token(live, email, "bookings")


def test_fifty_candidates_and_one_slot(started):
    live, headers = started
    caller = Caller(live, headers)
    caller.job = caller.open_job()
    me = caller.get("/auth/me")["id"]
    pool = caller.post("/interviewer-pools", {"name": "One", "user_ids": [me]})["id"]
    tokens = [_invited(live, caller, headers, pool) for _ in range(50)]
    first = caller.get(f"/public/bookings/{tokens[0]}/slots")["data"][0]["starts_at"]
    answers = _storm(live, [_post(f"/public/bookings/{each}", {"starts_at": first}, {}) for each in tokens])
    codes = Counter(answer.json().get("code", "booked") for answer in answers)
    assert codes == {"booked": 1, "slot_taken": 49}
    losers = [token for token, answer in zip(tokens, answers, strict=True) if answer.status_code == 409]

    def try_others(token: str) -> str:
        """Take the next time that is offered, until one is free."""
        wanted = first
        for _ in range(60):
            answer = http_client.post(
                f"{live.url}/api/v1/public/bookings/{token}", json={"starts_at": wanted}, timeout=90
            )
            if answer.status_code == 200:
                return answer.json()["starts_at"]
            assert answer.json()["code"] == "slot_taken", answer.text
            wanted = answer.json()["slots"][0]["starts_at"]
        raise AssertionError("no time is free")

    with ThreadPoolExecutor(10) as threads:
        booked = [first, *threads.map(try_others, losers)]
    assert len(set(booked)) == 50
    times = sorted(
        (each["starts_at"], each["ends_at"]) for each in caller.get("/interviews?status=scheduled&limit=200")["data"]
    )
    assert len(times) == 50 and all(end <= following for (_, end), (following, _) in itertools.pairwise(times))
