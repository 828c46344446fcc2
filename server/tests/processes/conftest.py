"""A live server per test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.processes.live import LiveServer


@pytest.fixture
def live_database(database_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of this test alone."""
    if database_url.startswith("sqlite"):
        yield ""
        return
    url = sa.make_url(database_url)
    name = f"{url.database}_live"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'drop database if exists "{name}" with (force)')
        connection.exec_driver_sql(f'create database "{name}"')
    yield url.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f'drop database if exists "{name}" with (force)')
    engine.dispose()


@pytest.fixture
def live(tmp_path: Path, live_database: str, redis_url: str) -> Iterator[LiveServer]:
    """A server that is not started yet."""
    redis = {"REDIS_URL": redis_url, "WEB_CONCURRENCY": "2"} if redis_url else {}
    server = LiveServer(tmp_path, live_database, **redis)
    yield server
    server.stop()
