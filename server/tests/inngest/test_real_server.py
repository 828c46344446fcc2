"""The jobs on a real Inngest server, where INNGEST_BIN names its binary.

It keeps its queue in a Redis of its own, and its history in the database server of the tests where there is one.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field

import httpx
import pytest
import redis
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from tests.factories.database import drop_database, fresh_database
from tests.processes import http_client
from tests.processes.conftest import initialised, live, live_database  # noqa: F401
from tests.processes.live import SERVER, wait_for
from tools.with_services import free_port

BINARY = os.environ.get("INNGEST_BIN", "")
OPEN = "select count(*) from outbox where done_at is null and name = 'email_message/queued'"
TAKEN_UP = f"{OPEN} and acked_at is not null"
TIME_PASSES = "update outbox set due_at = now() where acked_at is not null and done_at is null and failed_at is null"

pytestmark = [
    pytest.mark.timeout(400),
    pytest.mark.processes,
    pytest.mark.skipif(not BINARY, reason="INNGEST_BIN names no Inngest server; its jobs were not run here"),
]


def _answers(url: str) -> bool:
    try:
        return http_client.get(url, timeout=1).status_code < 500
    except httpx.HTTPError:
        return False


@dataclass
class JobServer:
    """An Inngest server and the worker beside it; the queue is `memory`."""

    memory: redis.Redis
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)


@pytest.fixture
def memory(tmp_path):
    """A Redis that only the job server knows."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--save", "", "--bind", "127.0.0.1", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    client = redis.Redis(port=port)
    wait_for(lambda: _pings(client))
    yield client
    client.close()
    process.terminate()
    process.wait()


def _pings(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


@pytest.fixture
def history(database_url):
    """Flags that give the job server a database of its own."""
    if database_url.startswith("sqlite"):
        yield []
        return
    name = f"{sa.make_url(database_url).database}_inngest"
    url = fresh_database(database_url, name).set(drivername="postgres", query={"sslmode": "disable"})
    yield ["--postgres-uri", url.render_as_string(hide_password=False), "--postgres-max-open-conns", "20"]
    drop_database(database_url, name)


@pytest.fixture
def inngest_server(live, memory, history, tmp_path):  # noqa: F811
    """An Inngest server, a worker beside the API, all with the same keys."""
    port, worker_port, key = free_port(), free_port(), secrets.token_hex(32)
    origin = f"http://127.0.0.1:{worker_port}"
    live.environment |= {
        "INNGEST_BASE_URL": f"http://127.0.0.1:{port}",
        "INNGEST_EVENT_KEY": "0123456789abcdef",
        "INNGEST_SIGNING_KEY": key,
        "INNGEST_SERVE_ORIGIN": origin,
        "WORKER_PORT": str(worker_port),
    }
    others = [str(free_port()) for _ in range(3)]
    ports = ["--connect-gateway-port", others[0], "--connect-gateway-grpc-port", others[1]]
    flags = [*ports, "--connect-executor-grpc-port", others[2], "--redis-uri", _address(memory), *history]
    flags += ["--port", str(port), "--no-ui", "--poll-interval", "2", "--sdk-url", f"{origin}/api/inngest"]
    keys = ["--event-key", "0123456789abcdef", "--signing-key", key]
    worker = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=SERVER, env=live.environment)
    server = subprocess.Popen([BINARY, "start", *flags, *keys], cwd=tmp_path)
    wait_for(lambda: _answers(f"http://127.0.0.1:{port}/health") and _answers(f"{origin}/health/live"), 90)
    yield JobServer(memory, [server, worker])
    for process in (server, worker):
        process.terminate()
        process.wait()


def _address(client: redis.Redis) -> str:
    return f"redis://127.0.0.1:{client.connection_pool.connection_kwargs['port']}/0"


def test_the_journey_on_a_real_server(live, inngest_server):  # noqa: F811
    live.start()
    assert "chain is whole" in live.manage("demo", "--url", live.url).stdout.replace("\n", " ")
    wait_for(lambda: len(live.mails()) >= 6)


class Mailbox:
    """A mail server that counts."""

    def __init__(self) -> None:
        self.recipients: Counter[str] = Counter()

    async def handle_DATA(self, server, session, envelope):
        self.recipients.update(envelope.rcpt_tos)
        return "250 OK"


def test_what_was_acknowledged_and_lost_is_done_all_the_same(live, request, database_url):  # noqa: F811
    """The queue is emptied while mails wait for a mail server that is away."""
    if database_url.startswith("sqlite"):
        pytest.skip("the outbox is looked into on PostgreSQL")
    port, mailbox = free_port(), Mailbox()
    live.environment |= {"MAIL_TRANSPORT": "smtp", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port)}
    server = request.getfixturevalue("inngest_server")
    live.start()
    headers = live.sign_up("lost")
    new = {"name": "Nia", "role": "MANAGER"}
    for number in range(3):  # and the welcome of the first
        body = {**new, "email": f"nia{number}@people.example"}
        assert http_client.post(f"{live.url}/api/v1/users", json=body, headers=headers, timeout=30).status_code == 201
    wait_for(lambda: _scalar(live, TAKEN_UP) == 4, 60)
    server.memory.flushall()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        _execute(live, TIME_PASSES)
        wait_for(lambda: _scalar(live, OPEN) == 0, 90)
    finally:
        controller.stop()
    assert set(mailbox.recipients.values()) == {1} and len(mailbox.recipients) == 4


def _scalar(live, statement):  # noqa: F811
    with _owner(live).begin() as connection:
        connection.exec_driver_sql("select set_config('app.platform', 'on', true)")
        return connection.exec_driver_sql(statement).scalar()


def _execute(live, statement):  # noqa: F811
    with _owner(live).begin() as connection:
        connection.exec_driver_sql("select set_config('app.platform', 'on', true)")
        connection.exec_driver_sql(statement)


def _owner(live):  # noqa: F811
    url = live.environment.get("DATABASE_OWNER_URL") or live.environment["DATABASE_URL"]
    return sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=sa.pool.NullPool)
