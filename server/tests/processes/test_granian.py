"""The second server: the same settings, and the same faults withstood."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest

import web_process
from tests.factories.candidate import candidate_body
from tests.factories.client import refused
from tests.processes import http_client
from tests.processes.live import SERVER, LiveServer, wait_for
from tools.with_services import free_port

pytestmark = pytest.mark.processes


def _start(live: LiveServer, **environment: str) -> dict[str, str]:
    """Start granian; the headers of an administrator."""
    live.start(module="granian_server", **environment)
    return live.sign_up("grain")


def _workers(live: LiveServer) -> list[int]:
    """The processes that serve, not those that watch over their resources."""
    assert live.process is not None
    asked = ["ps", "--ppid", str(live.process.pid), "-o", "pid=,args="]
    lines = subprocess.check_output(asked, text=True).splitlines()
    return [int(line.split()[0]) for line in lines if "resource_tracker" not in line and "ps --ppid" not in line]


def test_it_serves_and_refuses_as_gunicorn_does(live):
    headers = _start(live)
    made = http_client.post(f"{live.url}/api/v1/candidates", json=candidate_body(), headers=headers, timeout=30)
    assert made.status_code == 201
    found = http_client.get(f"{live.url}/api/v1/candidates/{made.json()['id']}", headers=headers, timeout=30)
    assert found.status_code == 200 and found.headers["ETag"]
    assert refused(http_client.get(f"{live.url}/api/v1/nothing", headers=headers, timeout=30), 404) == "not_found"
    assert refused(http_client.get(f"{live.url}/api/v1/jobs", timeout=30), 401) == "unauthenticated"
    chunks = {"content": iter([b"{}"]), "headers": {**headers, "Content-Type": "application/json"}}
    assert refused(http_client.post(f"{live.url}/api/v1/candidates", timeout=30, **chunks), 411) == "length_required"


def test_a_stop_lets_requests_finish(live):
    headers = _start(live)
    assert live.process is not None
    with ThreadPoolExecutor() as others:
        asked = [
            others.submit(
                http_client.post, f"{live.url}/api/v1/candidates", json=candidate_body(), headers=headers, timeout=30
            )
            for _ in range(8)
        ]
        wait_for(lambda: any(each.done() for each in asked), pause=0.005)
        live.process.send_signal(signal.SIGTERM)
        results = [(each.exception(30), each) for each in asked]
    answers = [each.result() for error, each in results if error is None]
    assert answers and {answer.status_code for answer in answers} == {201}
    assert all(isinstance(error, httpx.TransportError) for error, _ in results if error)
    assert live.process.wait(timeout=40) == 0
    live.start()
    found = http_client.get(f"{live.url}/api/v1/candidates?include=total_count", headers=headers, timeout=30)
    assert found.json()["total_count"] == len(answers), "what was not answered was not done"


def test_a_stop_ends_processes_that_are_still_loading(live):
    live.start(module="granian_server", WEB_CONCURRENCY="4")  # until the first of them answers
    assert live.process is not None
    live.process.send_signal(signal.SIGTERM)
    assert live.process.wait(timeout=web_process.STOP_SECONDS - 5) == 0, "none had to be killed"
    live.process = None


def test_a_killed_process_is_replaced(live):
    headers = _start(live)
    (before,) = _workers(live)[:1]
    os.kill(before, signal.SIGKILL)

    def answers() -> bool:
        try:
            return http_client.get(f"{live.url}/api/v1/auth/me", headers=headers, timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    wait_for(lambda: before not in _workers(live) and answers())


def test_metrics_are_on_a_port_of_their_own(live):
    port = free_port()
    headers = _start(live, METRICS_PORT=str(port))
    http_client.post(f"{live.url}/api/v1/candidates", json=candidate_body(), headers=headers, timeout=30)
    text = http_client.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
    assert 'fairlead_request_seconds_count{method="POST",route="/api/v1/candidates",status="201"} 1.0' in text


def test_heads_that_never_end_hold_no_thread_and_are_hung_up_on(live):
    """A body that never ends is the proxy's to wait for: see `granian_server`."""
    _start(live, WEB_THREADS="2")
    with ExitStack() as stack:
        silent = [stack.enter_context(socket.create_connection(("127.0.0.1", live.port))) for _ in range(50)]
        for each in silent:
            each.sendall(b"GET / HTTP/1.1\r\nHost:")
        assert http_client.get(f"{live.url}/health/live", timeout=10).status_code == 200
        silent[0].settimeout(30)
        while silent[0].recv(1024):  # an answer or nothing, then the end
            pass


def test_production_without_a_proxy_is_refused():
    environment = {**os.environ, "ENVIRONMENT": "production", "TRUSTED_PROXIES": "0"}
    keys = ("SECRET_KEY", "ENCRYPTION_KEYS", "JWT_KEYS", "LEDGER_KEYS")
    made = subprocess.run(
        [sys.executable, "manage.py", "env", "new"], cwd=SERVER, capture_output=True, text=True, check=True
    ).stdout
    environment |= {
        name: value for name, _, value in (line.partition("=") for line in made.splitlines()) if name in keys
    }
    environment |= {"PUBLIC_URL": "https://jobs.example", "DATABASE_URL": "postgresql://a:b@127.0.0.1:1/none"}
    environment |= {"MAIL_TRANSPORT": "smtp", "SMTP_HOST": "127.0.0.1"}
    done = subprocess.run(
        [sys.executable, "granian_server.py"], cwd=SERVER, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1 and "set TRUSTED_PROXIES" in done.stderr, done.stderr
