"""Redis that vanishes: no waiting, no storm, nothing believed that cannot be checked."""

from __future__ import annotations

import subprocess
import threading
import time

import pytest

from app.services.access import principal_service
from app.utils import rate_limiter
from app.utils.rate_limiter import Limit
from app.utils.redis_client import RedisClient, redis_client
from tests.factories.client import ok, refused
from tools.with_services import free_port


@pytest.fixture
def own_redis():
    """A Redis of this test alone, to be killed."""
    port = free_port()
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--save", "", "--bind", "127.0.0.1"], stdout=subprocess.DEVNULL
    )
    client = RedisClient()
    client.init(f"redis://127.0.0.1:{port}/0")
    deadline = time.monotonic() + 10
    while not client.ping() and time.monotonic() < deadline:
        client._paused_until = 0
        time.sleep(0.05)
    yield server, f"redis://127.0.0.1:{port}/0"
    server.kill()
    server.wait()


@pytest.mark.redis
def test_requests_go_on_and_revocation_holds_without_redis(tenant, own_redis, monkeypatch):
    server, url = own_redis
    before = redis_client._client
    redis_client.init(url)
    try:
        recruiter, admin = tenant.api("RECRUITER"), tenant.api()
        for _ in range(3):
            ok(recruiter.get("/auth/me"))
        server.kill()
        server.wait()
        started = time.monotonic()
        for _ in range(5):
            ok(recruiter.get("/auth/me"))
        assert time.monotonic() - started < 3
        ok(admin.patch(f"/users/{tenant.users['RECRUITER']}", {"status": "suspended"}))
        assert refused(recruiter.get("/auth/me"), 401) == "session_ended"
    finally:
        redis_client._client = before
        for thread in threading.enumerate():
            if thread.name == principal_service.RENEWAL_THREAD:
                thread.join(5)
        redis_client._paused_until = 0


@pytest.mark.redis
def test_a_flush_loses_nothing(tenant, own_redis):
    _, url = own_redis
    before = redis_client._client
    redis_client.init(url)
    try:
        recruiter = tenant.api("RECRUITER")
        for _ in range(3):
            ok(recruiter.get("/auth/me"))
        redis_client._client.flushall()
        redis_client._client.script_flush()
        ok(tenant.api().patch(f"/users/{tenant.users['RECRUITER']}", {"status": "suspended"}))
        assert refused(recruiter.get("/auth/me"), 401) == "session_ended"
    finally:
        redis_client._client = before


@pytest.mark.redis
def test_the_warm_path_reads_no_rights_from_the_database(tenant, monkeypatch):
    recruiter = tenant.api("RECRUITER")
    for _ in range(3):
        ok(recruiter.get("/auth/me"))
    monkeypatch.setattr(principal_service, "_load", lambda claims: pytest.fail("the rights were read again"))
    ok(recruiter.get("/meta/permissions"))


def test_limits_are_counted_in_the_process_without_redis():
    limit = Limit("test", str(time.time()), 2, 60)
    client, redis_client._client = redis_client._client, None
    try:
        assert [rate_limiter.hit(limit).exceeded for _ in range(3)] == [False, False, True]
    finally:
        redis_client._client = client


def test_a_redis_that_does_not_answer_is_left_alone_for_a_while():
    client = RedisClient()
    client.init(f"redis://127.0.0.1:{free_port()}/0")
    assert client.ping() is False
    started = time.monotonic()
    for _ in range(100):
        assert client.script("return 1", [], []) is None
    assert time.monotonic() - started < 0.2
