"""Server-sent events and long polls: each event once and in order, nothing out of sight, no thread while idle."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.factories.client import refused
from tests.factories.tenant import PASSWORD
from tests.processes import http_client
from tests.processes.live import LiveServer, wait_for

pytestmark = pytest.mark.processes
_numbers = itertools.count(1)
CUTS, EVENTS = 20, 1000
LAST = "talent_pool.created"  # the only one in the test


@pytest.fixture
def started(shared):
    slug = f"stream{next(_numbers)}"
    return shared, slug, shared.sign_up(slug)


def _call(live, method, path, headers, **options):
    return http_client.request(method, f"{live.url}/api/v1{path}", headers=headers, timeout=60, **options)


def _users(live, slug, admin, *names):
    """Recruiters, who see the own candidates alone: their ids and headers. The plan has five users."""
    lead = {"email": f"lead@{slug}.example", "name": "Lea", "role": "TEAM_LEAD", "password": PASSWORD}
    me = _call(live, "GET", "/auth/me", admin).json()["id"]
    lead_id = _call(live, "POST", "/users", admin, json={**lead, "manager_id": me}).json()["id"]
    found = []
    for name in names:
        email = f"{name}@{slug}.example"
        body = {"email": email, "name": name, "role": "RECRUITER", "manager_id": lead_id, "password": PASSWORD}
        user_id = _call(live, "POST", "/users", admin, json=body).json()["id"]
        token = _call(live, "POST", "/auth/login", {}, json={"email": email, "password": PASSWORD}).json()[
            "access_token"
        ]
        found.append((user_id, {"Authorization": f"Bearer {token}"}))
    return found


@contextmanager
def _stream(live, headers, last=None, **query):
    more = {"Last-Event-ID": str(last)} if last is not None else {}
    with httpx.Client(verify=http_client._CONTEXT, timeout=60) as client:
        url = f"{live.url}/api/v1/events/stream"
        with client.stream("GET", url, headers={**headers, **more}, params=query) as response:
            yield response


def _events(response):
    """The events of a stream, and the last id that it told, which also lines without data tell."""
    data, last = None, 0
    for line in response.iter_lines():
        if line.startswith("id: "):
            last = int(line[4:])
        elif line.startswith("data: "):
            data = json.loads(line[6:])
        elif line == "" and data is not None:
            assert data["seq"] == last
            yield data
            data = None


def _read_with_cuts(live, headers, begin):
    """Read until an event of type LAST; cut the connection now and then, and go on from the last id."""
    found, last, cuts, chance = [], begin, 0, random.Random(begin)
    while True:
        most = chance.randint(1, EVENTS // CUTS) if cuts < CUTS else 10**6
        with _stream(live, headers, last) as response:
            assert response.status_code == 200
            for event in itertools.islice(_events(response), most):
                found.append(event)
                last = event["seq"]
                if event["type"] == LAST:
                    return found, cuts
        cuts += 1


def test_after_twenty_cuts_each_event_came_once_in_order_and_none_out_of_sight(started):
    live, slug, admin = started
    ((user_id, recruiter),) = _users(live, slug, admin, "rita")
    begin = _call(live, "GET", "/audit?limit=1", admin).json()["data"][0]["seq"]

    def make(number):
        if number % 25:
            return _call(live, "POST", "/candidate-tags", admin, json={"name": f"Tag {number}"})
        owner = {"owner_id": user_id} if number % 50 else {}
        return _call(live, "POST", "/candidates", admin, json={"name": f"Person {number}", **owner})

    with ThreadPoolExecutor(2 + 8) as pool:
        readers = [pool.submit(_read_with_cuts, live, headers, begin) for headers in (admin, recruiter)]
        made = list(pool.map(make, range(EVENTS)))
        end = _call(live, "POST", "/talent-pools", admin, json={"name": "The end"}).json()["id"]
        assert {each.status_code for each in made} == {201}
        _call(live, "POST", "/candidate-tags", admin, json={"name": "After the end"})
        (seen, cuts), (own, _) = (each.result(timeout=120) for each in readers)
    assert cuts == CUTS
    whole, after = [], begin
    while True:
        page = _call(live, "GET", f"/events?after={after}&limit=200", admin).json()
        whole += [each for each in page["data"]]
        if not page["has_more"]:
            break
        after = page["next_cursor"]
    last = next(each["seq"] for each in whole if each["subject_id"] == end)
    expected = [each["seq"] for each in whole if each["seq"] <= last]
    assert [each["seq"] for each in seen] == expected == list(range(begin + 1, last + 1))
    assert set(seen[0]) == {"seq", "type", "subject_type", "subject_id"}
    hidden = {made[number].json()["id"] for number in range(0, EVENTS, 50)}
    assert hidden <= {each["subject_id"] for each in seen} and not hidden & {each["subject_id"] for each in own}
    assert [each["seq"] for each in own] == [each["seq"] for each in seen if each["subject_id"] not in hidden]


def _threads(live: LiveServer) -> int:
    """The threads of the web processes."""
    assert live.process is not None
    children = Path(f"/proc/{live.process.pid}/task/{live.process.pid}/children").read_text().split()
    return sum(len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in children)


def test_idle_streams_hold_no_thread(live):
    live.start(WEB_THREADS="3", EMBEDDED_JOBS="false")
    admin = live.sign_up("idle")
    users = [admin, *(headers for _, headers in _users(live, "idle", admin, "amy", "ben"))]
    for _ in range(20):
        _call(live, "GET", "/auth/me", admin)
    before = _threads(live)
    with ExitStack() as stack:
        for headers in users:
            for _ in range(20):
                assert stack.enter_context(_stream(live, headers)).status_code == 200
        with ThreadPoolExecutor(6) as pool:
            statuses = pool.map(lambda _: _call(live, "GET", "/candidates", admin).status_code, range(30))
            assert set(statuses) == {200}
        processes = 2
        assert _threads(live) <= before + processes * 6, "the loop, the readers and the server's own"


def test_a_caller_has_a_limited_number_of_streams_and_gets_them_back(started):
    live, _, admin = started
    processes = 2  # each counts its own
    with ExitStack() as stack:
        statuses = [stack.enter_context(_stream(live, admin)).status_code for _ in range(20 * processes + 1)]
        assert statuses[:20] == [200] * 20 and 429 in statuses
    wait_for(lambda: _status(live, admin) == 200)


def _status(live, headers):
    with _stream(live, headers) as response:
        return response.status_code


def test_a_stream_ends_with_the_session_before_it_tells_anything(started):
    live, slug, admin = started
    ((_, recruiter),) = _users(live, slug, admin, "rolf")
    with _stream(live, recruiter) as response:
        events = _events(response)
        _call(live, "POST", "/candidate-tags", admin, json={"name": "Before"})
        assert next(events)["type"] == "candidate_tag.created"
        assert _call(live, "POST", "/auth/logout", recruiter, json={}).status_code < 300
        _call(live, "POST", "/candidate-tags", admin, json={"name": "After"})
        assert list(events) == []


def test_a_long_poll_answers_when_there_is_something(started):
    live, _, admin = started
    head = _call(live, "GET", "/audit?limit=1", admin).json()["data"][0]["seq"]
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(_call, live, "GET", f"/events?after={head}&wait=20&types=candidate.created", admin)
        time.sleep(0.5)
        _call(live, "POST", "/candidate-tags", admin, json={"name": "Not of that type"})
        time.sleep(1.5)
        assert not waiting.done()
        made = _call(live, "POST", "/candidates", admin, json={"name": "Grace Hopper"}).json()
        answer = waiting.result(timeout=20)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json"
    assert [each["subject_id"] for each in answer.json()["data"]] == [made["id"]]
    empty = _call(live, "GET", f"/events?after={head}&wait=1&subject_type=jobs", admin)
    assert (empty.status_code, empty.json()["data"], empty.json()["has_more"]) == (200, [], False)
    found = _call(live, "GET", f"/events?after={head}&wait=20&subject_id={made['id']}", admin)
    assert len(found.json()["data"]) == 1, "what is there already is not waited for"


def test_what_is_no_position_is_refused(started):
    live, _, admin = started
    for last in ("x", "-1", "9" * 30):
        assert (
            refused(_call(live, "GET", "/events/stream", {**admin, "Last-Event-ID": last}), 400) == "bad_last_event_id"
        )
    assert refused(_call(live, "GET", "/events?wait=26", admin), 400) == "invalid_parameters"
    assert refused(_call(live, "GET", "/events/stream", {}), 401) == "unauthenticated"


def test_streams_go_on_after_the_clients_of_others_broke_off(started):
    """Clients that leave in the middle disturb nobody."""
    live, _, admin = started
    stop = threading.Event()

    def rude():
        while not stop.is_set():
            with _stream(live, admin):
                pass

    with ThreadPoolExecutor(4) as pool, _stream(live, admin) as response:
        events = _events(response)
        for _ in range(3):
            pool.submit(rude)
        try:
            for number in range(5):
                _call(live, "POST", "/candidate-tags", admin, json={"name": f"Tag {number}"})
                assert next(events)["type"] == "candidate_tag.created"
        finally:
            stop.set()
