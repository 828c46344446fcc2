"""Migrations: up, down, up; no difference to the models; what production refuses."""

from __future__ import annotations

import shutil

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pydantic import ValidationError

from app.extensions import db
from app.models import SavedSearch
from app.utils import scope
from config.settings import Settings
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.client import ok
from tests.factories.job import make_job
from tests.factories.tenant import make_tenant
from tests.processes.conftest import live_database  # noqa: F401

STRONG = "x" * 40
SAFE = {
    "environment": "production",
    "secret_key": STRONG,
    "encryption_keys": [STRONG],
    "jwt_keys": {"a": STRONG},
    "ledger_keys": {"a": STRONG},
    "mail_transport": "smtp",
    "public_url": "https://api.example",
}


@pytest.fixture
def own_app(live_database, migrated, make_app, tmp_path):  # noqa: F811
    """An application on a migrated database of its own."""
    if not live_database:
        shutil.copy(migrated, tmp_path / "migrations.db")
    url = live_database or f"sqlite:///{tmp_path / 'migrations.db'}"
    return make_app(database_url=url, data_dir=tmp_path)


def _rows(app) -> dict[str, int]:
    with app.app_context(), scope.platform("a test"):
        return {
            table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in db.metadata.sorted_tables
        }


def test_up_down_up_keeps_the_rows_of_what_stays(own_app):
    tenant = make_tenant(own_app)
    hired = make_application(tenant, make_candidate(tenant), make_job(tenant, openings=3))
    ok(tenant.api().post(f"/applications/{hired}/hire", {}))
    before = _rows(own_app)
    assert before["candidates"] == 1 and before["job_openings"] == 3 and before["candidate_words"] >= 2
    with own_app.app_context():
        flask_migrate.downgrade(revision="0001")
        flask_migrate.upgrade()
    # Older schemas know no history of subscriptions; what search (twice) and matching know is derived anew.
    # Of where applications have stood only the present is known, and jobs were looked at again.
    begun_anew = {"stage_history": 1, "tenant_subscriptions": 1, "outbox": before["outbox"] + 3}
    assert _rows(own_app) == before | begun_anew
    with own_app.app_context():
        flask_migrate.downgrade(revision="base")
        assert set(sa.inspect(db.engine).get_table_names()) == {"alembic_version"}
        flask_migrate.upgrade()
    assert _rows(own_app)["subscription_plans"] == 4


def test_renamed_tables_keep_their_rows(own_app):
    """Down to the old names and up again, with the rows of two tenants."""
    tenants = [make_tenant(own_app) for _ in range(2)]
    for each in tenants:
        application = make_application(each)
        ok(each.api().post(f"/applications/{application}/reject", {"reason": "It is decided."}))

    def kept():
        with own_app.app_context(), scope.platform("a test"):
            tables = [db.metadata.tables[name] for name in ("stage_history", "function_runs")]
            return [sorted(db.session.execute(sa.select(table)).all(), key=str) for table in tables]

    for each in tenants:
        each.run_jobs()
    before = kept()
    assert [len(rows) > 3 for rows in before] == [True, True]
    with own_app.app_context():
        flask_migrate.downgrade(revision="0042")
        assert {"application_stays", "job_runs"} <= set(sa.inspect(db.engine).get_table_names())
        flask_migrate.upgrade()
    assert kept() == before


def test_who_saw_contact_points_before_they_had_a_right_sees_them_still(own_app):
    tenant = make_tenant(own_app)
    held = {"OLD": ["candidates.view_all"], "NONE": ["jobs.read"]}
    for name, permissions in held.items():
        ok(tenant.api().post("/roles", {"name": name, "permissions": permissions}), 201)
    with own_app.app_context():
        flask_migrate.downgrade(revision="0010")
        flask_migrate.upgrade()
    roles = {role["name"]: role["permissions"] for role in ok(tenant.api().get("/roles"))["data"]}
    assert "candidates.pii" in roles["OLD"] and roles["NONE"] == ["jobs.read"]


def test_saved_searches_of_single_values_stay_valid(own_app):
    tenant = make_tenant(own_app)
    query = {"status": ["active"], "created_at_gt": "2026-01-31T09:00:00Z", "q": "python"}
    search = ok(tenant.api().post("/saved-searches", {"name": "Mine", "query": query}), 201)
    with own_app.app_context():
        flask_migrate.downgrade(revision="0049")
        with scope.platform("a test"):
            stored = db.session.scalar(sa.select(SavedSearch.query))
        assert stored == {"status": "active", "created_after": search["query"]["created_at_gt"], "q": "python"}
        flask_migrate.upgrade()
    assert ok(tenant.api().get(f"/saved-searches/{search['id']}"))["query"] == search["query"]


def test_autogenerate_finds_no_difference(own_app):
    with own_app.app_context():
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, db.metadata) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"jwt_keys": {"a": "short"}}, "JWT_KEYS"),
        ({"ledger_keys": {"a": "short"}}, "LEDGER_KEYS"),
        ({"encryption_keys": ["short"]}, "ENCRYPTION_KEYS"),
        ({"encryption_keys": []}, "ENCRYPTION_KEYS is empty"),
        ({"inngest_dev": True}, "INNGEST_DEV"),
        ({"inngest_base_url": "http://inngest:8288"}, "INNGEST_SIGNING_KEY"),
        ({"cors_origins": ["*"]}, "CORS_ORIGINS"),
        ({"mail_transport": "file"}, "MAIL_TRANSPORT"),
        ({"public_url": "http://api.example"}, "PUBLIC_URL"),
    ],
)
def test_production_refuses_what_is_unsafe(change, fault):
    assert Settings(_env_file=None, **SAFE).environment == "production"
    with pytest.raises(ValidationError, match=fault) as caught:
        Settings(_env_file=None, **{**SAFE, **change})
    assert "short" not in str(caught.value).split("shorter")[0]


@pytest.mark.postgresql
def test_production_refuses_a_role_that_bypasses_row_security(live_database, make_app, tmp_path):  # noqa: F811
    url = sa.make_url(live_database).set(username="postgres").render_as_string(hide_password=False)
    change = {**SAFE, "database_url": url, "data_dir": tmp_path}
    answer = make_app(**change).test_client().get("/health/ready")
    assert answer.status_code == 503
