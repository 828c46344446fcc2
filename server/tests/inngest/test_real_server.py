"""The jobs on a real Inngest server, where INNGEST_BIN names its binary."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys

import httpx
import pytest

from tests.processes.conftest import initialised, live, live_database  # noqa: F401
from tests.processes.live import SERVER, free_port, wait_for

BINARY = os.environ.get("INNGEST_BIN", "")

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not BINARY, reason="INNGEST_BIN names no Inngest server; its jobs were not run here"),
]


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).status_code < 500
    except httpx.HTTPError:
        return False


@pytest.fixture
def inngest_server(live, tmp_path):  # noqa: F811
    """An Inngest server, a worker beside the API, all with the same keys."""
    port, worker_port, key = free_port(), free_port(), secrets.token_hex(32)
    origin = f"http://127.0.0.1:{worker_port}"
    live.environment |= {
        "INNGEST_BASE_URL": f"http://127.0.0.1:{port}",
        "INNGEST_EVENT_KEY": "0123456789abcdef",
        "INNGEST_SIGNING_KEY": f"signkey-prod-{key}",
        "INNGEST_SERVE_ORIGIN": origin,
        "WORKER_PORT": str(worker_port),
    }
    flags = ["--port", str(port), "--no-ui", "--poll-interval", "2", "--sdk-url", f"{origin}/api/inngest"]
    keys = ["--event-key", "0123456789abcdef", "--signing-key", key]
    worker = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=SERVER, env=live.environment)
    server = subprocess.Popen([BINARY, "start", *flags, *keys], cwd=tmp_path)
    wait_for(lambda: _answers(f"http://127.0.0.1:{port}/health") and _answers(f"{origin}/health/live"))
    yield server
    for process in (server, worker):
        process.terminate()
        process.wait()


def test_the_journey_on_a_real_server(live, inngest_server):  # noqa: F811
    live.start()
    assert "chain is whole" in live.manage("demo", "--url", live.url).stdout.replace("\n", " ")
    wait_for(lambda: len(live.mails()) >= 6)
