"""Tenants, as managed by platform administrators; changes are also recorded in the tenant's own audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import AuthSession, SubscriptionPlan, Tenant, TenantCounter
from app.models.tenant import DELETION_GRACE, TENANT_MACHINE, TenantStatus
from app.schemas.lists import Page
from app.schemas.platform_tenant_schema import (
    PlatformTenantOut,
    PlatformTenantQuery,
    TenantAction,
    TenantCreate,
    TenantDeletion,
    TenantPlan,
)
from app.services.access import principal_service
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service, platform_event_service
from app.services.platform import sandbox_service
from app.services.settings import tenant_subscription_service
from app.services.tenants import tenant_export_service, tenant_service
from app.services.workflow import state_engine
from app.utils import clock, ids, scope
from app.utils.errors import Conflict, Invalid, NotFound


def list_tenants(query: PlatformTenantQuery) -> Page[PlatformTenantOut]:
    """Return tenants with their usage, filtered; in the platform's scope."""
    statement = sa.select(Tenant)
    if query.q is not None:
        named = Tenant.name.icontains(query.q, autoescape=True)
        statement = statement.where(named | Tenant.slug.icontains(query.q, autoescape=True))
    if query.status is not None:
        statement = statement.where(Tenant.status == query.status)
    if query.plan is not None:
        of_plan = sa.select(SubscriptionPlan.id).where(SubscriptionPlan.code == query.plan).scalar_subquery()
        statement = statement.where(Tenant.plan_id == of_plan)
    page = listing.paginate(statement, Tenant, query)
    page.data = _shown(page.data)
    return page


def require() -> None:
    """Raise NotFound unless the current tenant exists."""
    if db.session.scalar(sa.select(Tenant.id).where(Tenant.id == scope.tenant_id())) is None:
        raise NotFound("There is no such tenant.")


def get() -> PlatformTenantOut:
    """Return the current tenant."""
    return _shown([rows.get(Tenant, scope.tenant_id())])[0]


def create(new: TenantCreate) -> PlatformTenantOut:
    """Create a tenant on any plan; its administrator is invited by email."""
    # The id comes first, because rows can only be written in the scope of their tenant.
    with scope.tenant(ids.new_id(), scope.actor()):
        _create(new)
        return get()


@use_case
def act(action: str, details: TenantAction, if_match: int | None) -> PlatformTenantOut:
    """Suspend, deactivate or reactivate the current tenant; unless it is active, its users cannot sign in."""
    tenant = rows.lock_for_update(Tenant, scope.tenant_id(), if_match)
    # `fire` would record the event in the tenant's audit trail only; `_record` does it in both.
    step = state_engine.check(TENANT_MACHINE, tenant, action, details.reason)
    _refuse_underway(tenant)
    before, tenant.status, tenant.status_reason = tenant.status, TenantStatus(step.target), details.reason
    if tenant.status == TenantStatus.ACTIVE:
        tenant.delete_after = None  # reactivation cancels a scheduled deletion
    else:
        _end_sessions(f"tenant_{tenant.status}")
    _record(f"tenant.{action}", tenant, details.reason, source=before, target=tenant.status)
    return _shown([tenant])[0]


@use_case
def set_plan(change: TenantPlan) -> PlatformTenantOut:
    """Change the plan or billing period of the current tenant; refused if its usage exceeds the new plan."""
    tenant = rows.lock_for_update(Tenant, scope.tenant_id())
    tenant_subscription_service.change(change.plan, change.billing_period)
    # `change` has recorded the event in the tenant's audit trail.
    platform_event_service.record("tenant.plan_changed", tenant, plan=change.plan, billing_period=change.billing_period)
    return _shown([tenant])[0]


@use_case
def schedule_deletion(deletion: TenantDeletion) -> PlatformTenantOut:
    """Deactivate the current tenant, and delete all its data after the grace period unless cancelled."""
    tenant = rows.lock_for_update(Tenant, scope.tenant_id())
    if deletion.slug != tenant.slug:
        wrong = {"pointer": "/slug", "code": "wrong_slug", "detail": "is not the slug of this tenant"}
        raise Invalid("The slug does not match the tenant.", code="wrong_slug", errors=[wrong])
    if tenant.delete_after is not None:
        raise Conflict("The deletion is already scheduled.", code="deletion_scheduled")
    tenant.status, tenant.status_reason = TenantStatus.INACTIVE, deletion.reason
    tenant.delete_after = clock.now() + DELETION_GRACE
    _end_sessions("tenant_inactive")
    tenant_export_service.ask(anew=True)  # current data; available until the deletion
    _record("tenant.deletion_scheduled", tenant, deletion.reason, delete_after=tenant.delete_after.isoformat())
    return _shown([tenant])[0]


@use_case
def cancel_deletion() -> PlatformTenantOut:
    """Cancel the scheduled deletion; the tenant stays inactive until it is reactivated."""
    tenant = rows.lock_for_update(Tenant, scope.tenant_id())
    if tenant.delete_after is None:
        raise Conflict("No deletion is scheduled.", code="no_deletion")
    _refuse_underway(tenant)
    tenant.delete_after = None
    _record("tenant.deletion_cancelled", tenant)
    return _shown([tenant])[0]


@use_case
def _create(new: TenantCreate) -> None:
    created, _ = tenant_service.create(new, new.plan, None, new.billing_period)
    tenant = db.session.get_one(Tenant, created.id)
    platform_event_service.record("tenant.created", tenant, plan=new.plan, sandbox=new.is_sandbox)
    if new.is_sandbox:
        sandbox_service.fill_later()


def _refuse_underway(tenant: Tenant) -> None:
    """Raise Conflict if the grace period is over: rows may be deleted already."""
    if tenant.delete_after is not None and tenant.delete_after <= clock.now():
        raise Conflict("The tenant is already being deleted.", code="deletion_underway")


def _end_sessions(reason: str) -> None:
    """End all sessions of the tenant at once, in one statement."""
    # Without an event for each session: the one about the tenant covers them.
    live = sa.update(AuthSession).where(AuthSession.revoked_at.is_(None))
    db.session.execute(live.values(revoked_at=clock.now(), revoked_reason=reason))


def _record(type: str, tenant: Tenant, reason: str | None = None, **data: Any) -> None:
    """Record in both audit trails, and invalidate the principals of the tenant."""
    platform_event_service.record_in_both(type, tenant, reason=reason, **data)
    principal_service.invalidate(tenant)


def _shown(tenants: Sequence[Tenant]) -> list[PlatformTenantOut]:
    """Return tenants with plan and usage, by one statement."""
    statement = (
        sa.select(Tenant.id, SubscriptionPlan.code, TenantCounter)
        .join(SubscriptionPlan, SubscriptionPlan.id == Tenant.plan_id)
        .join(TenantCounter, TenantCounter.tenant_id == Tenant.id)
        .where(Tenant.id.in_([tenant.id for tenant in tenants]))
    )
    # Counters are written past the ORM, so those in the session may be out of date.
    counted = db.session.execute(statement.execution_options(populate_existing=True))
    found = {tenant_id: (code, counter) for tenant_id, code, counter in counted}
    actions = {status: TENANT_MACHINE.allowed(status, scope.actor().permissions) for status in TenantStatus}
    return [_out(tenant, *found[tenant.id], actions[tenant.status]) for tenant in tenants]


def _out(tenant: Tenant, plan: str, counter: TenantCounter, actions: list[str]) -> PlatformTenantOut:
    columns = rows.columns_of(tenant)
    use = {name: getattr(counter, name) for name in event_service.USED}
    return PlatformTenantOut.model_validate({**columns, **use, "plan": plan, "allowed_actions": actions})
