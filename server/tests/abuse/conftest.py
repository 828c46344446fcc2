"""One live server for the whole suite of a test process; each test attacks a tenant of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
import redis
import sqlalchemy as sa

from tests.abuse.caller import Caller, Target, make_target
from tests.factories.database import fresh_database
from tests.factories.tenant import PASSWORD
from tests.processes.conftest import initialised, live, live_database  # noqa: F401
from tests.processes.live import LiveServer

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def attacked(
    database_url: str, migrated: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """A server with the limits of a test, on the database in use."""
    folder: Path = tmp_path_factory.mktemp("attacked")
    url, extra = "", {}
    if not database_url.startswith("sqlite"):
        made = fresh_database(database_url, f"{sa.make_url(database_url).database}_attacked", migrated)
        url = made.set(drivername="postgresql").render_as_string(hide_password=False)
    if redis_url:
        extra = {"REDIS_URL": _apart(redis_url), "WEB_CONCURRENCY": "2"}
    server = LiveServer(folder, url, None, **extra)
    server.start()
    yield server
    server.stop()


def _apart(redis_url: str) -> str:
    """Another database of the same Redis: other tests empty theirs while this server runs."""
    base, _, number = redis_url.rpartition("/")
    apart = f"{base}/{int(number) + 8}"
    redis.Redis.from_url(apart).flushdb()
    return apart


@pytest.fixture
def target(attacked: LiveServer) -> Target:
    return make_target(attacked, f"target-{next(_numbers)}")


@pytest.fixture
def operator(target) -> Caller:
    """A platform administrator with a second factor."""
    email = f"olga@{target.slug}.example"
    arguments = ("--email", email, "--name", "Olga", "--password", PASSWORD)
    target.live.manage("platform-admin", "create", *arguments)
    nobody = target.nobody()
    first = nobody.post("/platform/auth/login", {"email": email, "password": PASSWORD}).json()
    operator = Caller(target.live.url, first["access_token"])
    totp = pyotp.TOTP(operator.post("/platform/auth/totp").json()["secret"])
    assert operator.post("/platform/auth/totp/confirmation", {"code": totp.now()}).status_code == 200
    return operator
