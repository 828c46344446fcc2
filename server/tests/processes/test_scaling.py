"""Several servers on one database and one Redis: each acts at once on what another did."""

from __future__ import annotations

import copy
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.factories.candidate import candidate_body
from tests.factories.client import refused
from tests.factories.tenant import PASSWORD
from tests.processes import http_client
from tests.processes.live import SERVER, LiveServer
from tools.with_services import free_port

pytestmark = [pytest.mark.processes, pytest.mark.postgresql, pytest.mark.redis]


@pytest.fixture
def two(live):
    """Two servers, as on two machines."""
    other: LiveServer = copy.copy(live)
    other.port = free_port()
    other.environment = {**live.environment, "PORT": str(other.port)}
    live.start(EMBEDDED_JOBS="false")
    other.start(EMBEDDED_JOBS="false")
    yield live, other
    other.stop()


def test_who_is_suspended_at_one_server_is_refused_by_the_other(two):
    one, other = two
    headers = one.sign_up("scale")
    person = {"name": "Rita", "email": "rita@scale.example", "role": "MANAGER", "password": PASSWORD}
    user = http_client.post(f"{one.url}/api/v1/users", json=person, headers=headers, timeout=30)
    assert user.status_code == 201, user.text
    body = {"email": person["email"], "password": person["password"], "tenant": "scale"}
    token = http_client.post(f"{other.url}/api/v1/auth/login", json=body, timeout=30).json()["access_token"]
    rita = {"Authorization": f"Bearer {token}"}
    for server in (one, other, one, other):
        assert http_client.get(f"{server.url}/api/v1/auth/me", headers=rita, timeout=30).status_code == 200
    change = {"status": "suspended"}
    path = f"/api/v1/users/{user.json()['id']}"
    assert http_client.patch(f"{one.url}{path}", json=change, headers=headers, timeout=30).status_code == 200
    assert refused(http_client.get(f"{other.url}/api/v1/auth/me", headers=rita, timeout=30), 401) == "session_ended"


def test_writes_at_two_servers_make_one_ledger_without_gaps(two):
    one, other = two
    headers = one.sign_up("scale")

    def create(number: int) -> int:
        server = two[number % 2]
        return http_client.post(
            f"{server.url}/api/v1/candidates", json=candidate_body(), headers=headers, timeout=60
        ).status_code

    with ThreadPoolExecutor(8) as writers:
        assert set(writers.map(create, range(40))) == {201}
    assert http_client.get(f"{other.url}/api/v1/audit/verify", headers=headers, timeout=60).json()["valid"]
    events = http_client.get(f"{one.url}/api/v1/events?limit=200", headers=headers, timeout=30).json()["data"]
    seqs = [event["seq"] for event in events]
    assert len(seqs) > 40 and sorted(seqs) == list(range(min(seqs), max(seqs) + 1))


RELAY = """
from app import create_app
from app.services.events import outbox_service
from app.utils import scope

app = create_app()
print(flush=True)
input()
with app.app_context(), scope.platform("a relay sends the events of all tenants"):
    while rows := outbox_service.take_due(limit=1):
        print(*(row.id for row in rows), sep="\\n", flush=True)
"""


def test_relays_at_once_take_different_rows(live):
    live.start(EMBEDDED_JOBS="false")
    for number in range(20):
        live.sign_up(f"scale{number}")
    pipe = subprocess.PIPE
    relays = [
        subprocess.Popen(
            [sys.executable, "-c", RELAY], cwd=SERVER, env=live.environment, stdin=pipe, stdout=pipe, text=True
        )
        for _ in range(3)
    ]
    for relay in relays:  # all are ready before one begins
        relay.stdout.readline()
    for relay in relays:
        relay.stdin.write("\n")
        relay.stdin.flush()
    taken = [relay.communicate(timeout=60)[0].split() for relay in relays]
    assert all(taken), "they worked at once"
    assert sum(map(len, taken)) == len(set().union(*taken)) >= 20
