"""kill -9 at the worst moments: nothing is lost, nothing happens twice."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from app.services.platform import seed_service
from tests.factories.candidate import resume_text
from tests.factories.candidate_import import people, table
from tests.processes import http_client
from tests.processes.live import LiveServer, wait_for

MANY = 1500  # two batches of an import
pytestmark = pytest.mark.processes


def _resume(live: LiveServer, headers: dict[str, str], resume_id: str) -> dict:
    return http_client.get(f"{live.url}/api/v1/candidate-resumes/{resume_id}", headers=headers, timeout=30).json()


def _upload(live: LiveServer, headers: dict[str, str], data: bytes) -> str:
    answer = http_client.post(
        f"{live.url}/api/v1/candidate-resumes", headers=headers, files={"file": ("r.txt", data)}, timeout=60
    )
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def _slow_resume() -> bytes:
    """A file that takes the parser some seconds."""
    filler = "\n".join(
        f"- did thing number {n} for client {n % 97} with 12 345 678 results in {n}" for n in range(20_000)
    )
    return resume_text() + b"\n" + filler.encode()


def test_a_job_promised_before_the_crash_is_done_after_it(live):
    live.start(EMBEDDED_JOBS="false")
    live.sign_up("crash")
    live.kill()
    assert live.mails() == []
    live.start()
    wait_for(live.mails)
    time.sleep(2)
    assert len(live.mails()) == 1


def test_a_job_killed_inside_a_step_is_finished_after_the_restart(live):
    live.start()
    headers = live.sign_up("crash")
    resume_id = _upload(live, headers, _slow_resume())
    wait_for(lambda: _resume(live, headers, resume_id)["status"] == "parsing")
    live.kill()
    live.start()
    parsed = wait_for(lambda: (r := _resume(live, headers, resume_id))["status"] in ("parsed", "failed") and r, 150)
    assert parsed["status"] == "parsed", parsed
    people = http_client.get(f"{live.url}/api/v1/candidates", headers=headers, timeout=30).json()["data"]
    assert [person["id"] for person in people] == [parsed["candidate_id"]]


def test_the_death_of_the_parser_is_a_failed_parse_not_a_failed_server(live):
    live.start()
    headers = live.sign_up("crash")
    with ThreadPoolExecutor() as watchers:
        killed = watchers.submit(wait_for, lambda: _kill_parser(live), 40, 0.01)
        resume_id = _upload(live, headers, _slow_resume())
        assert killed.result()
    failed = wait_for(lambda: (r := _resume(live, headers, resume_id))["status"] in ("parsed", "failed") and r, 90)
    assert (failed["status"], failed["failure_reason"]) == ("failed", "the file is broken or too complex")
    assert http_client.get(f"{live.url}/health/ready", timeout=10).status_code == 200
    assert _resume(live, headers, _upload(live, headers, resume_text()))["status"]


def _kill_parser(live: LiveServer) -> bool:
    """Kill the child of the fork server of this server's session, if it has one."""
    assert live.process is not None
    forked = {process: parent for process, parent in _session(live.process.pid) if _is_fork_server(process)}
    parsers = [process for process, parent in forked.items() if parent in forked]
    for process in parsers:
        os.kill(process, signal.SIGKILL)
    return bool(parsers)


def _session(leader: int) -> Iterator[tuple[int, int]]:
    """Processes of a session, each with its parent."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                _, parent, _, session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
                if int(session) == leader:
                    yield int(entry.name), int(parent)


def _is_fork_server(process: int) -> bool:
    try:
        return b"forkserver" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def test_a_stop_lets_requests_finish(live):
    live.start()
    headers = live.sign_up("crash")
    assert live.process is not None
    with httpx.Client(base_url=live.url, headers=headers, timeout=30) as client:
        assert client.get("/api/v1/jobs").status_code == 200
    live.process.send_signal(signal.SIGTERM)
    assert live.process.wait(timeout=30) == 0
    live.process = None


def test_an_import_killed_half_way_is_finished_exactly_once(live):
    """The demonstration tenant's plan has room for it."""
    live.manage("seed", "--people", "1")
    live.start()
    body = {"email": "admin@harbour.example", "password": seed_service.PASSWORD}
    token = http_client.post(f"{live.url}/api/v1/auth/login", json=body, timeout=30).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    data = table(people(MANY))
    sent = {"headers": {**headers, "Idempotency-Key": "half-way"}, "files": {"file": ("people.csv", data)}}
    answer = http_client.post(f"{live.url}/api/v1/candidate-imports", timeout=90, **sent)
    assert answer.status_code == 202, answer.text
    path = f"{live.url}/api/v1/candidate-imports/{answer.json()['id']}"

    def state() -> dict:
        return http_client.get(path, headers=headers, timeout=30).json()

    half = wait_for(lambda: (now := state())["done"] and now, 60)
    live.kill()
    live.start()
    done = wait_for(lambda: (now := state())["status"] == "done" and now, 150)
    assert half["done"] < MANY, "it was killed half way"
    assert (done["done"], done["created"], done["failed"]) == (MANY, MANY, 0)
    again = http_client.post(f"{live.url}/api/v1/candidate-imports", timeout=90, **sent)
    assert again.json()["id"] == done["id"] and again.headers["Idempotency-Replayed"] == "true"
    found = http_client.get(
        f"{live.url}/api/v1/candidates?q=imported&include=total_count&limit=1", headers=headers, timeout=30
    )
    assert found.json()["total_count"] == MANY
    assert http_client.get(f"{live.url}/api/v1/audit/verify", headers=headers, timeout=60).json()["valid"]
