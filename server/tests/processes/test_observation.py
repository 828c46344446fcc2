"""What an operator sees of a running server: metrics on a port of their own, traces at a collector."""

from __future__ import annotations

import platform
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from config.version import VERSION
from tests.factories.candidate import candidate_body
from tests.factories.client import refused
from tests.processes import http_client
from tests.processes.live import wait_for
from tools.with_services import free_port

pytestmark = pytest.mark.processes


def _figures(text: str, name: str) -> dict[str, float]:
    """The values of a metric by their labels."""
    found = re.findall(rf"^{name}(\{{.*\}})? ([0-9.e+-]+)$", text, re.M)
    return {labels: float(value) for labels, value in found}


def test_metrics_count_requests_statements_jobs_and_the_outbox(live):
    port = free_port()
    live.start(alone=True, METRICS_PORT=str(port))
    headers = live.sign_up("seen")
    for _ in range(3):
        http_client.post(f"{live.url}/api/v1/candidates", json=candidate_body(), headers=headers, timeout=30)
    address = f"http://127.0.0.1:{port}/metrics"

    def told() -> str:
        text = http_client.get(address, timeout=10).text
        jobs = _figures(text, "fairlead_jobs_total")
        return text if any("send-email" in labels for labels in jobs) else ""

    text = wait_for(told)
    posted = '{method="POST",route="/api/v1/candidates",status="201"}'
    assert _figures(text, "fairlead_request_seconds_count")[posted] == 3
    statements = _figures(text, "fairlead_statements_total")
    assert statements['{method="POST",route="/api/v1/candidates"}'] >= 3 * 4
    assert _figures(text, "fairlead_relay_timestamp_seconds")[""] > 1.7e9
    assert "fairlead_outbox_waiting" in text and "fairlead_outbox_oldest_timestamp_seconds" in text
    assert "seen" not in text, "no name, no id"
    assert f'fairlead_build_info{{python="{platform.python_version()}",version="{VERSION}"}} 1.0' in text
    assert refused(http_client.get(f"{live.url}/metrics", timeout=10), 404) == "not_found", "not on the public port"


@pytest.fixture
def collector():
    """A stand-in that keeps what it is sent."""
    received: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.path.encode() + self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", received
    server.shutdown()
    thread.join()
    server.server_close()


def test_traces_reach_the_collector_without_what_was_searched_for(live, collector):
    address, received = collector
    live.start(alone=True, OTEL_ENDPOINT=address, OTEL_BSP_SCHEDULE_DELAY="200")
    caller = bytes(range(16)).hex()
    headers = {**live.sign_up("traced"), "traceparent": f"00-{caller}-0102030405060708-01"}
    http_client.get(f"{live.url}/api/v1/candidates?q=hopperfield", headers=headers, timeout=30)
    spans = wait_for(lambda: b"GET /api/v1/candidates" in b"".join(received) and b"".join(received))
    assert spans.startswith(b"/v1/traces") and b"fairlead" in spans
    assert bytes.fromhex(caller) in spans, "it belongs to the caller's trace"
    assert b"INSERT" in spans or b"insert" in spans
    live.stop()  # before the collector goes
    assert b"hopperfield" not in spans and b"ann@traced.example" not in spans
