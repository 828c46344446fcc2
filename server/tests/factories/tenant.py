"""Tenants with a user of each role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from flask import Flask

from app.extensions import db
from app.models import Tenant
from app.models.permission import ALL
from app.models.system_role import SYSTEM_ROLES
from app.schemas.tenant_schema import TenantSignup
from app.schemas.user_schema import UserCreate
from app.services.accounts import auth_session_service
from app.services.settings import tenant_subscription_service
from app.services.tenants import tenant_service
from app.services.users import user_service
from app.utils import clock, ids, scope
from app.utils.scope import Actor
from tests.factories.client import Api
from tests.factories.raw_writes import raw_writes
from tests.factories.runner import make_runner

PASSWORD = "correct horse battery staple"


@dataclass
class SampleTenant:
    """A tenant, its users and their tokens."""

    app: Flask
    id: UUID
    slug: str
    users: dict[str, UUID] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def api(self, role: str = "TENANT_ADMIN") -> Api:
        """Return a client signed in with a role."""
        if role not in self.tokens:
            with self.app.app_context(), scope.tenant(self.id):
                self.tokens[role] = auth_session_service.open_session(self.users[role], 3600, None).access_token
        return Api(self.app, self.tokens[role])

    def as_new(self) -> SampleTenant:
        """Return a copy of the tenant with no user signed in."""
        return replace(self, users=dict(self.users), tokens={})

    def email(self, role: str) -> str:
        return f"{role.lower()}@{self.slug}.example"

    @contextmanager
    def bound(self, kind: str = "test") -> Iterator[None]:
        """Bind this tenant in an application context, with every permission."""
        with self.app.app_context(), scope.tenant(self.id, Actor(kind, permissions=ALL)):
            yield

    def end_grace(self) -> None:
        """End the grace period before the deletion; the database checks its own clock, so tests cannot travel."""
        with self.bound(), raw_writes():
            db.session.get_one(Tenant, self.id).delete_after = clock.now() - timedelta(days=1)
            db.session.commit()

    def run_jobs(self) -> None:
        """Run all enqueued functions to completion."""
        make_runner(self.app).drain()


def make_tenant(app: Flask, plan: str = "PROFESSIONAL") -> SampleTenant:
    """Create a tenant with a user of each role."""
    slug = f"t{ids.new_id().hex[-12:]}"
    tenant = SampleTenant(app, UUID(int=0), slug)
    body = {
        "name": slug,
        "slug": slug,
        "admin_name": "Admin",
        "admin_email": tenant.email("TENANT_ADMIN"),
        "password": PASSWORD,
    }
    with app.app_context():
        signed_up = tenant_service.sign_up(TenantSignup.model_validate(body))
    tenant.id = signed_up.tenant.id
    tenant.users["TENANT_ADMIN"] = manager = signed_up.user_id
    with tenant.bound():
        if plan != "FREE":
            tenant_subscription_service.change(plan)
        for role in list(SYSTEM_ROLES)[1:]:
            user = {
                "email": tenant.email(role),
                "name": role.title(),
                "role": role,
                "manager_id": manager,
                "password": PASSWORD,
            }
            tenant.users[role] = manager = user_service.create(UserCreate.model_validate(user)).id
    return tenant
