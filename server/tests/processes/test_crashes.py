"""kill -9 at the worst moments: nothing is lost, nothing happens twice."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import httpx
import pytest

from tests.factories.candidate import resume_text
from tests.processes.live import LiveServer, wait_for

pytestmark = pytest.mark.processes


def _resume(live: LiveServer, headers: dict[str, str], resume_id: str) -> dict:
    return httpx.get(f"{live.url}/api/v1/candidate-resumes/{resume_id}", headers=headers, timeout=30).json()


def _upload(live: LiveServer, headers: dict[str, str], data: bytes) -> str:
    answer = httpx.post(
        f"{live.url}/api/v1/candidate-resumes", headers=headers, files={"file": ("r.txt", data)}, timeout=60
    )
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def _slow_resume() -> bytes:
    """A file that takes the parser some seconds."""
    filler = "\n".join(
        f"- did thing number {n} for client {n % 97} with 12 345 678 results in {n}" for n in range(60_000)
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
    people = httpx.get(f"{live.url}/api/v1/candidates", headers=headers, timeout=30).json()["data"]
    assert [person["id"] for person in people] == [parsed["candidate_id"]]


def test_the_death_of_the_parser_is_a_failed_parse_not_a_failed_server(live):
    live.start()
    headers = live.sign_up("crash")
    resume_id = _upload(live, headers, _slow_resume())
    wait_for(lambda: _kill_parser(live))
    failed = wait_for(lambda: (r := _resume(live, headers, resume_id))["status"] in ("parsed", "failed") and r, 90)
    assert (failed["status"], failed["failure_reason"]) == ("failed", "the parser died on this file")
    assert httpx.get(f"{live.url}/health/ready", timeout=10).status_code == 200
    assert _resume(live, headers, _upload(live, headers, resume_text()))["status"]


def _kill_parser(live: LiveServer) -> bool:
    """Kill a child of the fork server of this server's session."""
    assert live.process is not None
    listing = subprocess.run(["ps", "-ww", "-eo", "pid,ppid,sid,args"], capture_output=True, text=True).stdout
    processes = [line.split(None, 3) for line in listing.splitlines()[1:]]
    forked = {
        pid: parent
        for pid, parent, session, args in processes
        if session == str(live.process.pid) and "forkserver" in args
    }
    for pid, parent in forked.items():
        if parent in forked:
            os.kill(int(pid), signal.SIGKILL)
            return True
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
