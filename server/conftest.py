"""Fixtures. Tests run on in-memory SQLite, or on PostgreSQL with TEST_DATABASE_URL; each test is rolled back."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

gc.disable()  # until all tests are collected: the collector would walk what is imported again and again

import pytest
import redis
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask

from app import bind_tools, create_app
from app.extensions import db
from app.services.careers import public_application_service
from app.services.settings import tenant_api_use_service
from app.utils import passwords, rate_limiter, scope
from app.utils.file_store import file_store
from config.settings import Environment, Settings
from tests.factories.client import Api
from tests.factories.database import fill_memory, fresh_database, migrated_database
from tests.factories.joined_session import join_transactions
from tests.factories.mailbox import forget_mails
from tests.factories.tenant import SampleTenant, make_tenant
from tests.factories.world import World, make_world

DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "").replace("postgresql://", "postgresql+psycopg://", 1)
REDIS_URL = os.environ.get("TEST_REDIS_URL", "")
MANY = "1000000/60"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests that need a PostgreSQL or Redis server that is not configured."""
    for item in items:
        if "postgresql" in item.keywords and not DATABASE_URL:
            item.add_marker(pytest.mark.skip(reason="TEST_DATABASE_URL names no PostgreSQL database"))
        if "redis" in item.keywords and not REDIS_URL:
            item.add_marker(pytest.mark.skip(reason="TEST_REDIS_URL names no Redis"))


def pytest_collection_finish() -> None:
    """Collect seldom, and never what is imported, as in gunicorn.conf.py."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


@pytest.fixture(scope="session")
def worker_number() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated database that all test processes copy: a SQLite file, or the name of a PostgreSQL database."""
    folder = tmp_path_factory.getbasetemp()
    return migrated_database(DATABASE_URL, folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)


@pytest.fixture(scope="session")
def database_url(worker_number: int, migrated: str) -> str:
    """The URL of a database that only this test process uses; on SQLite it is in memory, and empty."""
    if not DATABASE_URL:
        return "sqlite:///:memory:"
    name = f"{sa.make_url(DATABASE_URL).database}_{worker_number}"
    return fresh_database(DATABASE_URL, name, migrated).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def redis_url(worker_number: int) -> str:
    return f"{REDIS_URL.rsplit('/', 1)[0]}/{worker_number}" if REDIS_URL else ""


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, database_url: str, redis_url: str) -> Settings:
    return Settings(
        _env_file=None,
        environment=Environment.TESTING,
        mail_hold_minutes=0,  # so that tests can read a mail without travelling; the hold has tests of its own
        database_url=database_url,
        redis_url=redis_url,
        data_dir=tmp_path_factory.mktemp("data"),
        log_level="ERROR",
        embedded_jobs=False,
        rate_limit_principal=MANY,
        rate_limit_tenant=MANY,
        rate_limit_login=MANY,
        rate_limit_public=MANY,
        rate_limit_signup=MANY,
        rate_limit_apply=MANY,
        cors_origins=["https://app.example"],
    )


@pytest.fixture(scope="session")
def app(settings: Settings, migrated: str) -> Iterator[Flask]:
    """The application on a migrated database."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._NOBODY = passwords._hasher.hash("a password that nobody has")
    public_application_service.SECONDS = 0  # no waiting; one test sets it again
    passwords.is_blocked = lru_cache(passwords.is_blocked)  # tests use few different passwords
    flask_app = create_app(settings)
    if settings.is_sqlite:
        fill_memory(flask_app, migrated)
    with flask_app.app_context():
        join_transactions()
    yield flask_app
    with flask_app.app_context():
        db.engine.dispose()


@pytest.fixture
def make_app(settings: Settings) -> Iterator[Callable[..., Flask]]:
    """Create applications with other settings; restores the process-wide tools afterwards."""
    made: list[Flask] = []

    def make(**changes: Any) -> Flask:
        made.append(create_app(settings.model_validate({**settings.model_dump(), **changes})))
        return made[-1]

    yield make
    for each in made:
        with each.app_context():
            db.engine.dispose()
    bind_tools(settings)


@pytest.fixture(scope="session")
def world(app: Flask) -> World:
    """Two tenants with one of everything, committed once; tests only read it or are rolled back."""
    return make_world(app)


@pytest.fixture
def live_app(app: Flask) -> Flask:
    """The application with real transactions; what a test writes is not rolled back."""
    return app


@pytest.fixture(autouse=True)
def savepoint(request: pytest.FixtureRequest) -> Iterator[None]:
    """Roll back everything that a test wrote; tests that need real transactions use `live_app`."""
    if "app" not in request.fixturenames or "live_app" in request.fixturenames:
        yield
        return
    flask_app: Flask = request.getfixturevalue("app")
    for once, wanted in (("world", "world"), ("ready_tenant", "tenant")):
        if wanted in request.fixturenames:
            request.getfixturevalue(once)
    engines = db._app_engines[flask_app]
    engine = engines[None]
    rate_limiter.forget_local()
    if REDIS_URL:
        url = flask_app.config["SETTINGS"].redis_url
        redis.Redis.from_url(url).flushdb()
    with engine.connect() as connection:
        outer = connection.begin()
        engines[None] = connection
        try:
            yield
        finally:
            engines[None] = engine
            assert outer.is_active, "a read was rolled back, and with it the test's transaction; use `live_app`"
            outer.rollback()
            forget_mails(flask_app)


@pytest.fixture(autouse=True)
def no_scope_left() -> Iterator[None]:
    yield
    assert scope.current() is None, "a test left a scope bound"


@pytest.fixture(scope="session")
def ready_tenant(app: Flask) -> SampleTenant:
    """A tenant, committed once because creating it takes longer than most tests; its first emails are sent."""
    ready = make_tenant(app)
    ready.run_jobs()
    forget_mails(app)
    return ready


@pytest.fixture
def tenant(request: pytest.FixtureRequest, app: Flask) -> Iterator[SampleTenant]:
    """A shared tenant with a user of each role; changes are rolled back. For a new one, use `new_tenant`."""
    if "live_app" in request.fixturenames:
        yield make_tenant(app)
        return
    ready: SampleTenant = request.getfixturevalue("ready_tenant")
    yield ready.as_new()
    file_store.delete_all(f"{ready.id}/")
    tenant_api_use_service.forget()


@pytest.fixture
def new_tenant(app: Flask) -> SampleTenant:
    """A tenant that was just created."""
    return make_tenant(app)


@pytest.fixture
def api(tenant: SampleTenant) -> Api:
    """An HTTP client signed in as the tenant's administrator."""
    return tenant.api("TENANT_ADMIN")
