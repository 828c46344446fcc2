"""A live server per test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.factories.database import drop_database, fresh_database
from tests.processes.live import LiveServer


@pytest.fixture
def live_database(database_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of this test alone."""
    if database_url.startswith("sqlite"):
        yield ""
        return
    name = f"{sa.make_url(database_url).database}_live"
    url = fresh_database(database_url, name)
    yield url.set(drivername="postgresql").render_as_string(hide_password=False)
    drop_database(database_url, name)


@pytest.fixture
def live(tmp_path: Path, live_database: str, redis_url: str) -> Iterator[LiveServer]:
    """A server that is not started yet."""
    redis = {"REDIS_URL": redis_url, "WEB_CONCURRENCY": "2"} if redis_url else {}
    server = LiveServer(tmp_path, live_database, **redis)
    yield server
    server.stop()
