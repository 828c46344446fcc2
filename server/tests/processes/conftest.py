"""A live server per test, or one for the tests of a module that only add tenants of their own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.factories.database import drop_database, fresh_database
from tests.processes.live import LiveServer


@pytest.fixture(scope="session")
def initialised(database_url: str, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `manage.py init` leaves it, and on PostgreSQL a database of the name beside it, to be copied."""
    folder, url = tmp_path_factory.mktemp("initialised"), ""
    if database_url.startswith("sqlite"):
        shutil.copy(migrated, folder / "fairlead.db")
    else:
        url = _text(fresh_database(database_url, _name(database_url, "like"), migrated))
    LiveServer(folder, url)
    return folder


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A folder that servers of other users may enter; pytest closes its own again whenever another run begins."""
    with tempfile.TemporaryDirectory(prefix="fairlead-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def live_database(database_url: str, migrated: str) -> Iterator[str]:
    """A migrated PostgreSQL database of this test alone; on SQLite nothing."""
    if database_url.startswith("sqlite"):
        yield ""
        return
    name = _name(database_url, "live")
    yield _text(fresh_database(database_url, name, migrated))
    drop_database(database_url, name)


@pytest.fixture
def live(tmp_path: Path, initialised: Path, database_url: str, redis_url: str) -> Iterator[LiveServer]:
    """A server that is not started yet, on a migrated database of this test alone."""
    yield from _server(tmp_path, initialised, database_url, redis_url, "live")


@pytest.fixture(scope="module")
def shared(
    initialised: Path, database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """A running server for all tests of a module, each of which signs up a tenant of its own; it runs no jobs."""
    for server in _server(tmp_path_factory.mktemp("shared"), initialised, database_url, redis_url, "shared"):
        server.start(EMBEDDED_JOBS="false")
        yield server


def _server(folder: Path, like: Path, database_url: str, redis_url: str, name: str) -> Iterator[LiveServer]:
    url = ""
    if not database_url.startswith("sqlite"):
        url = _text(fresh_database(database_url, _name(database_url, name), _name(database_url, "like")))
    redis = {"REDIS_URL": redis_url, "WEB_CONCURRENCY": "2"} if redis_url else {}
    server = LiveServer(folder, url, like, **redis)
    yield server
    server.stop()
    if url:
        # By the superuser: a connection of the server may still be closing, and nobody else may end it.
        drop_database(sa.make_url(database_url).set(username="postgres"), _name(database_url, name))


def _name(database_url: str, suffix: str) -> str:
    return f"{sa.make_url(database_url).database}_{suffix}"


def _text(url: sa.URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
