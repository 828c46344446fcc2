"""Reads past the ORM, on the application's own engine: no transaction is left open, no tenant sees another."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from psycopg.pq import TransactionStatus

from app.extensions import db
from app.services.candidates.candidate_read_service import ONE
from app.utils import scope
from tests.factories.client import ok


@pytest.fixture(params=["get", "list"])
def path(request, world):
    identity = world.own.ids["candidate_id"]
    return {"get": f"/candidates/{identity}", "list": f"/candidates?ids={identity}"}[request.param]


def test_tenants_take_turns_on_a_connection(live_app, world, path):
    own, foreign = world.own.tenant.api(), world.foreign.tenant.api()
    identity = str(world.own.ids["candidate_id"])
    for _ in range(20):
        assert identity in own.get(path).get_data(as_text=True)
        refused = foreign.get(path)
        assert refused.status_code == 404 or ok(refused)["data"] == []


def test_rows_need_the_bound_tenant_also_on_the_second_wall(live_app, world):
    """The statement names a tenant that is not the bound one: row security stands in its way."""
    if db_name(live_app) == "sqlite":
        pytest.skip("row security is PostgreSQL's")
    keys = {"tenant_id": world.own.tenant.id, "candidate_id": world.own.ids["candidate_id"]}
    with live_app.app_context():
        with scope.tenant(world.own.tenant.id):
            assert ONE.rows(**keys)
        with scope.tenant(world.foreign.tenant.id):
            assert not ONE.rows(**keys)
        with scope.nobody():
            assert not ONE.rows(**keys)


def test_a_read_leaves_no_transaction_open(live_app, world, path):
    if db_name(live_app) == "sqlite":
        pytest.skip("SQLite reads in a transaction")
    seen = []

    def note(connection, record, state):
        seen.append(connection.pgconn.transaction_status)

    with live_app.app_context():
        engine = db.engine
    sa.event.listen(engine, "reset", note)
    try:
        ok(world.own.tenant.api().get(path))
        ok(world.own.tenant.api().get("/jobs"))
    finally:
        sa.event.remove(engine, "reset", note)
    assert seen and set(seen) == {TransactionStatus.IDLE}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?status=active&sort=name",
        "?q=python+sql&limit=1",
        "?q=%2B%2B",
        "?years_experience[gte]=1",
        "?email=nobody@people.example",
        "?updated_at[gt]=2020-01-01T00:00:00Z&include=total_count",
    ],
)
def test_the_short_way_and_the_session_give_the_same_answer(live_app, world, query):
    """Inside a transaction the rows come through SQLAlchemy's types, outside through the driver's."""
    api = world.own.tenant.api()
    identity = world.own.ids["candidate_id"]
    for path in (f"/candidates/{identity}", f"/candidates{query}"):
        short = ok(api.get(path))
        with live_app.app_context():
            engines, engine = db._app_engines[live_app], db.engine
            with engine.connect() as connection, connection.begin():
                engines[None] = connection
                try:
                    slow = ok(api.get(path))
                finally:
                    engines[None] = engine
        short.pop("next_cursor", None), slow.pop("next_cursor", None)
        assert short == slow


def test_pages_by_the_short_way_hold_every_row_once(live_app, world):
    api = world.own.tenant.api()
    for sort in ("name", "-updated_at"):
        seen, cursor = [], ""
        while cursor is not None:
            page = ok(api.get(f"/candidates?limit=1&sort={sort}" + (f"&cursor={cursor}" if cursor else "")))
            seen += [row["id"] for row in page["data"]]
            cursor = page["next_cursor"]
        assert sorted(seen) == sorted({row["id"] for row in ok(api.get("/candidates?limit=200"))["data"]})


@pytest.mark.postgresql
def test_a_lost_connection_is_503_once_and_then_forgotten(live_app, world, path):
    """All connections of the pool are cut, as by a restart: reads, units of work and health."""
    api = world.own.tenant.api()
    for call in (
        lambda: api.get(path),
        lambda: api.get("/jobs"),
        lambda: api.get("/health/ready"),
        lambda: api.patch("/tenant", {"name": "Still here"}),
    ):
        assert call().status_code == 200
        cut_connections(live_app)
        assert call().status_code == 503
        assert [call().status_code for _ in range(3)] == [200] * 3


def cut_connections(app) -> None:
    engine = sa.create_engine(app.config["SETTINGS"].sqlalchemy_url, poolclass=sa.NullPool)
    others = "pid <> pg_backend_pid() and datname = current_database()"
    with engine.connect() as connection:
        connection.execute(sa.text(f"select pg_terminate_backend(pid) from pg_stat_activity where {others}"))


def db_name(app) -> str:
    return "sqlite" if app.config["SETTINGS"].is_sqlite else "postgresql"
