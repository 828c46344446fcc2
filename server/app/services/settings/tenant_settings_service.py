"""Tenant settings."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.extensions import db
from app.models import AuthSession, Tenant
from app.schemas.tenant_settings_schema import TenantSettings, TenantSettingsOut
from app.services.access import principal_service
from app.services.core import rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils import clock, scope

DEFAULTS = TenantSettings()


def get() -> TenantSettingsOut:
    """Return the settings of the bound tenant with their version."""
    return _out(rows.get(Tenant, scope.tenant_id()))


def current() -> TenantSettings:
    """Return the settings of the bound tenant, for the code that applies them."""
    kept = db.session.scalar(sa.select(Tenant.settings).where(Tenant.id == scope.tenant_id()))
    return DEFAULTS.model_copy(update=kept or {})  # without validation, which took place when they were stored


def time_zone() -> str:
    """Return the IANA name of the bound tenant's time zone."""
    return db.session.scalars(sa.select(Tenant.time_zone).where(Tenant.id == scope.tenant_id())).one()


def imprint(tenant: Tenant) -> dict[str, str | None]:
    """Return what a tenant says of itself at the foot of its pages: the fields of the schema `Imprint`."""
    settings = _of(tenant)
    own = ("slug", "locale", "website", "contact_email", "postal_address")
    return {
        **{name: getattr(tenant, name) for name in own},
        "imprint_url": settings.imprint_url,
        "privacy_url": settings.privacy_url,
    }


@use_case
def replace(settings: TenantSettings, if_match: int | None) -> TenantSettingsOut:
    """Replace all settings. Default values are not stored, so that a later release can change the defaults."""
    tenant = rows.lock_for_update(Tenant, scope.tenant_id(), if_match)
    before, tenant.settings = tenant.settings, settings.model_dump(mode="json", exclude_defaults=True)
    _shorten_sessions(settings.session_days)
    changed = [name for name in TenantSettings.model_fields if before.get(name) != tenant.settings.get(name)]
    event_service.record("tenant.settings_changed", tenant, changed=changed)
    principal_service.invalidate(tenant)  # a second factor may be required now
    return _out(tenant)


def _shorten_sessions(days: int) -> None:
    """Shorten the sessions that would outlive the new setting."""
    latest = clock.now() + timedelta(days=days)
    # Only shortened here; a longer life applies from the next refresh of each session.
    longer = sa.update(AuthSession).where(AuthSession.revoked_at.is_(None), AuthSession.expires_at > latest)
    db.session.execute(longer.values(expires_at=latest))


def _of(tenant: Tenant) -> TenantSettings:
    return DEFAULTS.model_copy(update=tenant.settings)  # without validation, which took place when they were stored


def _out(tenant: Tenant) -> TenantSettingsOut:
    values = _of(tenant).model_dump()
    return TenantSettingsOut.model_construct(**values, version=tenant.version)
