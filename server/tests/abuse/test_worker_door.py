"""Attacks on the worker's door, which is for the Inngest server alone, against a live worker process."""

from __future__ import annotations

import hashlib
import hmac
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.factories.client import refused
from tests.processes import http_client
from tests.processes.live import SERVER, LiveServer, wait_for
from tools.with_services import free_port

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]

KEY = "0123456789abcdef" * 4
BODY = (
    b'{"ctx":{"attempt":0,"disable_immediate_execution":false,"run_id":"r","stack":{"stack":[]}},'
    b'"event":{"data":{},"id":"e","name":"inngest/scheduled.timer","ts":0},'
    b'"events":[{"data":{},"id":"e","name":"x","ts":0}],"steps":{},"use_api":false}'
)
CALL = "?fnId=fairlead-purge-expired&stepId=step"


@pytest.fixture
def door(live: LiveServer) -> Iterator[str]:
    """The address of a worker process."""
    port = free_port()
    environment = {
        **live.environment,
        "INNGEST_BASE_URL": "http://127.0.0.1:9",
        "INNGEST_SIGNING_KEY": f"signkey-prod-{KEY}",
        "INNGEST_EVENT_KEY": "event-key",
        "INNGEST_SERVE_ORIGIN": "http://worker:5001",
        "WORKER_PORT": str(port),
    }
    command = [sys.executable, "manage.py", "worker"]
    with (live.folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=SERVER, env=environment, stdout=log, stderr=log, start_new_session=True)
    base = f"http://127.0.0.1:{port}"
    wait_for(lambda: _lives(base))
    yield f"{base}/api/inngest"
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(timeout=30)


def _lives(base: str) -> bool:
    try:
        return http_client.get(f"{base}/health/live", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def _signed(body: bytes, at: float | None = None, key: str = KEY) -> dict[str, str]:
    stamp = str(int(at or time.time()))
    digest = hmac.new(key.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()
    return {"X-Inngest-Signature": f"t={stamp}&s={digest}", "Content-Type": "application/json"}


def test_only_young_new_and_signed_calls_are_let_in(door):
    def call(headers: dict[str, str], body: bytes = BODY) -> int:
        return http_client.post(f"{door}{CALL}", content=body, headers=headers, timeout=30).status_code

    plain = {"Content-Type": "application/json"}
    now = time.time()
    assert call(plain) == 401
    assert call({**plain, "X-Inngest-Signature": "t=1&s=00"}) == 401
    assert call(_signed(BODY, now - 330)) == call(_signed(BODY, now + 330)) == 401
    assert call(_signed(BODY, key="f" * 64)) == 401
    assert call(_signed(BODY), BODY.replace(b'"r"', b'"s"')) == 401
    good = _signed(BODY, now - 5)
    assert call(good) in (200, 206)
    assert call(good) == 401, "the same call again"
    forged = http_client.put(door, json={}, headers={"Host": "evil.example"}, timeout=30)
    assert refused(forged, 401) == "bad_signature", "an unsigned registration"
    assert (
        refused(http_client.post(door, content=b"x" * (4 * 1024**2 + 1), headers=plain, timeout=30), 413)
        == "payload_too_large"
    )
