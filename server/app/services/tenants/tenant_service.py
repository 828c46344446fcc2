"""Tenants: sign-up, profile, plan and usage."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Role, SubscriptionPlan, Tenant, TenantCounter, User
from app.models.subscription_plan import BillingPeriod
from app.models.system_role import SYSTEM_ROLES
from app.models.user import UserStatus
from app.schemas.tenant_schema import SignupOut, TenantNew, TenantOut, TenantSignup, TenantUpdate, TenantUsageOut, Usage
from app.services.accounts import account_service, password_policy
from app.services.core import rows
from app.services.core.transaction import use_case
from app.services.events import event_service, quota
from app.services.mail import account_link_service, email_message_service
from app.services.mail.account_link_service import Purpose
from app.services.settings import subscription_plan_service, tenant_api_use_service, tenant_subscription_service
from app.utils import ids, scope

SIGNUP_PLAN = "FREE"
ADMIN = "TENANT_ADMIN"


def current() -> TenantOut:
    """Return the current tenant's profile."""
    return _out(*_tenant_and_plan())


def usage() -> TenantUsageOut:
    """Return the current tenant's usage of its plan, from its counter."""
    tenant, plan = _tenant_and_plan()
    counter = db.session.scalars(sa.select(TenantCounter)).one()
    used = {
        name: Usage(used=getattr(counter, name), limit=getattr(counter, f"max_{name}", None))
        for name in event_service.USED
    }
    calls = Usage(used=tenant_api_use_service.this_month(), limit=None)
    return TenantUsageOut(plan=plan.code, features=plan.features, api_calls=calls, **used)


def sign_up(new: TenantSignup) -> SignupOut:
    """Create a tenant with its roles, counter and first administrator."""
    names = [new.name, new.slug, new.admin_name, new.admin_email.partition("@")[0]]
    # Before the transaction: hashing is slow by design.
    password_hash = password_policy.hash_new(new.password, names)
    # The id comes first, because rows can only be written in the scope of their tenant.
    with scope.tenant(ids.new_id()):
        tenant, admin = create(new, SIGNUP_PLAN, password_hash)
        return SignupOut(tenant=tenant, user_id=admin)


@use_case
def create(
    new: TenantNew, plan_code: str, password_hash: str | None, period: BillingPeriod = BillingPeriod.MONTHLY
) -> tuple[TenantOut, UUID]:
    """Create the current tenant, which does not exist yet; without a password its administrator is invited."""
    plan = subscription_plan_service.by_code(plan_code)
    tenant = Tenant(
        id=scope.tenant_id(), slug=new.slug, name=new.name, time_zone=new.time_zone, locale=new.locale, plan_id=plan.id
    )
    db.session.add(tenant)
    db.session.flush()  # every other row refers to the tenant
    roles = {name: Role(name=name, level=level, is_system=True) for name, (level, _) in SYSTEM_ROLES.items()}
    db.session.add_all(roles.values())
    tenant_subscription_service.begin(plan, period)  # also creates the counter that events and quota need
    db.session.flush()  # the user needs the role's id
    admin = User(
        email=new.admin_email,
        name=new.admin_name,
        password_hash=password_hash,
        status=UserStatus.ACTIVE if password_hash else UserStatus.INVITED,
        role_id=roles[ADMIN].id,
    )
    db.session.add(admin)
    db.session.flush()  # the events need the ids
    quota.consume("users")
    event_service.record("tenant.created", tenant, plan=plan.code)
    event_service.record("user.created", admin, role=ADMIN)
    if password_hash:
        _welcome(admin, tenant)
    else:
        account_service.send_invitation(admin)
    return _out(tenant, plan), admin.id


@use_case
def update(changes: TenantUpdate, if_match: int | None) -> TenantOut:
    """Update the profile."""
    tenant = rows.lock_for_update(Tenant, scope.tenant_id(), if_match)
    values = changes.model_dump(exclude_unset=True)
    changed = rows.apply_changes(tenant, values)
    event_service.record("tenant.updated", tenant, changed=changed)
    return _out(tenant, db.session.get_one(SubscriptionPlan, tenant.plan_id))


def slugs() -> list[str]:
    """Return the slugs of all tenants, sorted; in the platform's scope."""
    return list(db.session.scalars(sa.select(Tenant.slug).order_by(Tenant.slug)))


def find_by_slug(slug: str) -> Tenant | None:
    """Return the tenant with this slug, or None; for operators."""
    return db.session.scalars(sa.select(Tenant).where(Tenant.slug == slug)).one_or_none()


def _welcome(admin: User, tenant: Tenant) -> None:
    link = account_link_service.link_context(Purpose.EMAIL_VERIFICATION, admin)
    context = {"name": admin.name, "tenant": tenant.name, **link}
    email_message_service.queue("welcome", admin.email, key=f"welcome:{admin.id}", context=context)


def _tenant_and_plan() -> tuple[Tenant, SubscriptionPlan]:
    statement: Any = (
        sa.select(Tenant, SubscriptionPlan)
        .join(SubscriptionPlan, SubscriptionPlan.id == Tenant.plan_id)
        .where(Tenant.id == scope.tenant_id())
    )
    tenant, plan = db.session.execute(statement).one()
    return tenant, plan


def _out(tenant: Tenant, plan: SubscriptionPlan) -> TenantOut:
    return TenantOut.model_validate({**rows.columns_of(tenant), "plan": plan.code})
