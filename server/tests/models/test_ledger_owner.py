"""The application's role owns nothing and may only add to and read the ledger; its owner's functions do the rest."""

from __future__ import annotations

import os
from uuid import UUID

import flask_migrate
import pytest
import sqlalchemy as sa

from app.extensions import db
from app.services.operations import doctor_service
from app.services.tenants import tenant_purge_service
from app.utils import scope
from migrations.grants import LEDGER
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.client import ok
from tests.factories.job import make_job
from tests.factories.tenant import make_tenant
from tests.processes.conftest import live_database  # noqa: F401

FORGED = """
insert into platform_events (id, type, actor_kind, subject_type, subject_id, data, created_at, updated_at)
values (gen_random_uuid(), 'tenant.ledger_purged', 'x', 'tenants', %(tenant)s, '{}', '2019-01-01', '2019-01-01')
"""
ROLE = os.environ.get("TEST_APPLICATION_ROLE", "")
pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(not ROLE, reason="TEST_APPLICATION_ROLE names no role that owns nothing"),
]


@pytest.fixture
def roles(live_database, make_app, tmp_path):  # noqa: F811
    """An application on a database that another role owns."""
    url = sa.make_url(live_database).set(username=ROLE).render_as_string(hide_password=False)
    changes = {"database_url": url, "database_owner_url": live_database, "data_dir": tmp_path}
    app = make_app(**changes)
    with app.app_context():
        flask_migrate.upgrade()
    return app


def _refused(statement: str) -> bool:
    with scope.platform("a test"), db.engine.connect() as connection:
        try:
            connection.exec_driver_sql(statement)
        except sa.exc.ProgrammingError as error:
            return error.orig.sqlstate == "42501"  # insufficient privilege
        return False


@pytest.mark.parametrize("table", LEDGER)
def test_the_application_cannot_change_the_ledger(roles, table):
    with roles.app_context():
        for statement in (
            f"update {table} set created_at = now()",
            f"delete from {table}",
            f"truncate {table}",
            f"alter table {table} no force row level security",
            f"alter table {table} disable row level security",
            f"drop table {table}",
        ):
            assert _refused(statement), statement
        with scope.platform("a test"), db.engine.connect() as connection:
            connection.exec_driver_sql(f"select count(*) from {table}")


def test_the_application_owns_nothing(roles):
    owned = "select count(*) from pg_class where relowner = (select oid from pg_roles where rolname = current_user)"
    with roles.app_context(), scope.platform("a test"), db.engine.connect() as connection:
        assert connection.exec_driver_sql(owned).scalar() == 0
        assert _refused("create table mine (id integer)")
        assert _refused("alter table candidates disable row level security")
        assert _refused("update alembic_version set version_num = '0001'")
        assert _refused("delete from tenants")


def test_an_erasure_and_the_end_of_a_tenant_go_through_the_owner(roles):
    tenant = make_tenant(roles)
    candidate = make_candidate(tenant)
    application = make_application(tenant, candidate, make_job(tenant))
    ok(tenant.api().post(f"/applications/{application}/withdraw", {"reason": "Ada Horn moved to Bremen"}))
    ok(tenant.api().post(f"/candidates/{candidate}/erase", {"reason": "The person asked for it."}))
    with tenant.bound(), db.engine.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from events where reason like '%%Bremen%%'").scalar() == 0
        assert connection.exec_driver_sql("select ledger_purge(100)").scalar() == 0, "its grace is not over"
        assert connection.exec_driver_sql("select tenant_end()").scalar() is False, "its grace is not over"
    with roles.app_context(), scope.platform("a test"), db.engine.begin() as connection:
        connection.exec_driver_sql("update tenants set delete_after = now() - interval '1 day', status = 'inactive'")
        connection.exec_driver_sql(FORGED, {"tenant": tenant.id})
    with roles.app_context(), scope.platform("a test"):
        assert tenant_purge_service.due() == [str(tenant.id)]
        assert tenant_purge_service.purge(str(tenant.id)) > 10
    with roles.app_context(), scope.platform("a test"), db.engine.connect() as connection:
        for table in ("events", "ledger_checkpoints", "tenants"):
            assert connection.exec_driver_sql(f"select count(*) from {table}").scalar() == 0
        types = connection.exec_driver_sql("select type from platform_events order by created_at").scalars().all()
        assert types[0] == "tenant.ledger_purged", "said beforehand, which silences nothing:"
        assert "tenant.ledger_purged" in types[1:] and types[-1] == "tenant.purged"


def test_the_functions_stay_behind_row_security(roles):
    ours, theirs = make_tenant(roles), make_tenant(roles)
    application = make_application(theirs, make_candidate(theirs), make_job(theirs))
    ok(theirs.api().post(f"/applications/{application}/withdraw", {"reason": "a reason of theirs"}))
    with theirs.bound(), db.engine.connect() as connection:
        ids: list[UUID] = list(connection.scalars(sa.text("select id from events where reason is not null")))
    assert ids
    call = sa.text("select ledger_forget_reasons(:ids)").bindparams(ids=ids)
    with ours.bound(), db.engine.connect() as connection:
        assert connection.scalar(call) == 0
    with theirs.bound(), db.engine.connect() as connection:
        assert connection.scalar(call) == len(ids)


def test_the_doctor_looks_at_both_roles(roles, app):
    with roles.app_context():
        found = {each.subject: each for each in doctor_service.examine(roles.config["SETTINGS"])}
        assert (found["ledger"].level, found["row security"].level) == ("ok", "ok")
    with app.app_context():
        found = {each.subject: each for each in doctor_service.examine(app.config["SETTINGS"])}
        assert found["ledger"].level == "warning" and "owns" in found["ledger"].detail
