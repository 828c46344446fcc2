"""The end of a tenant: nothing of it is left, nothing of another is touched."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import PlatformEvent, Tenant
from app.models.base.tenancy import tenant_tables
from app.services.tenants import tenant_purge_service
from app.utils import scope
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.candidate_resume import make_document, make_resume
from tests.factories.client import ok, refused
from tests.factories.platform import make_platform_admin
from tests.factories.tenant import make_tenant


def _full(app):
    tenant = make_tenant(app)
    candidate = make_candidate(tenant)
    make_resume(tenant)
    make_document(tenant, candidate)
    make_application(tenant, candidate)
    ok(tenant.api().post("/roles", {"name": "SOURCER", "permissions": ["candidates.view_all"]}), 201)
    return tenant


def _counts(app, tenant):
    with app.app_context(), scope.tenant(tenant.id):
        statements = {
            table.name: sa.select(sa.func.count()).select_from(table).where(table.c.tenant_id == tenant.id)
            for table in tenant_tables()
        }
        return {name: db.session.scalar(statement) for name, statement in statements.items()}


def _files(app, tenant):
    folder = Path(app.config["SETTINGS"].data_dir) / "files" / str(tenant.id)
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def _due(app):
    with app.app_context(), scope.platform("a test asks"):
        return tenant_purge_service.due()


def _purge(app, tenant):
    with app.app_context(), scope.platform("a test purges"):
        return tenant_purge_service.purge(str(tenant.id))


@pytest.fixture
def condemned(app):
    tenant = _full(app)
    operator = make_platform_admin(app)
    body = {"slug": tenant.slug, "reason": "The customer has ended the contract."}
    ok(operator.api.post(f"/platform/tenants/{tenant.id}/deletion", body), 202)
    return tenant, operator


def test_within_the_grace_nothing_goes(app, condemned):
    tenant, _ = condemned
    before = _counts(app, tenant)
    assert str(tenant.id) not in _due(app)
    assert _purge(app, tenant) == 0
    assert _counts(app, tenant) == before and _files(app, tenant)


def test_after_the_grace_everything_goes_and_the_neighbour_stays(app, condemned, monkeypatch):
    monkeypatch.setattr(tenant_purge_service, "AT_ONCE", 3)
    tenant, operator = condemned
    neighbour = _full(app)
    before, files = _counts(app, neighbour), _files(app, neighbour)
    tenant.end_grace()
    assert _due(app) == [str(tenant.id)]
    assert _purge(app, tenant) > 20
    assert not any(_counts(app, tenant).values())
    assert _files(app, tenant) == []
    assert (_counts(app, neighbour), _files(app, neighbour)) == (before, files)
    assert ok(neighbour.api().get("/audit/verify"))["valid"]
    with app.app_context(), scope.platform("a test looks"):
        assert db.session.get(Tenant, tenant.id) is None
        event = db.session.scalars(sa.select(PlatformEvent).where(PlatformEvent.type == "tenant.purged")).one()
        assert event.subject_id == tenant.id and event.data["slug"] == tenant.slug and event.data["rows"] > 20
    assert refused(operator.api.get(f"/platform/tenants/{tenant.id}"), 404) == "not_found"
    assert _purge(app, tenant) == 0 and _due(app) == []


def test_a_custom_plan_goes_with_its_tenant(app):
    tenant, operator = make_tenant(app), make_platform_admin(app)
    limits = {"max_users": 9, "max_candidates": 9, "max_storage_bytes": 9}
    plan = {"code": "GONE_SOON", "name": "Gone soon", "monthly_usd": 1, **limits}
    ok(operator.api.post(f"/platform/tenants/{tenant.id}/plans", plan), 201)
    ok(operator.api.put(f"/platform/tenants/{tenant.id}/plan", {"plan": "GONE_SOON"}))
    tenant.end_grace()
    assert _purge(app, tenant) > 5
    codes = {row["code"] for row in ok(operator.api.get("/platform/plans"))["data"]}
    assert "GONE_SOON" not in codes and "FREE" in codes
