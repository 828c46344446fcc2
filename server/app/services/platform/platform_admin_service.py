"""Platform administrators; at least one always remains active."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import PlatformAdmin
from app.models.platform_admin import PlatformAdminStatus
from app.schemas.lists import Page
from app.schemas.platform_schema import PlatformAdminCreate, PlatformAdminQuery, PlatformAdminUpdate
from app.services.accounts import password_policy, second_factor
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import platform_event_service
from app.services.platform import platform_auth_service
from app.utils import scope
from app.utils.errors import Conflict


def list_admins(query: PlatformAdminQuery) -> Page[PlatformAdmin]:
    """Return platform administrators, filtered."""
    statement = sa.select(PlatformAdmin)
    if query.status is not None:
        statement = statement.where(PlatformAdmin.status == query.status)
    return listing.paginate(statement, PlatformAdmin, query)


def create(new: PlatformAdminCreate) -> PlatformAdmin:
    """Add an administrator, who can act on tenants once they have set up a second factor."""
    return _create(new, password_policy.hash_new(new.password, [new.name, new.email.partition("@")[0]]))


@use_case
def update(admin_id: UUID, changes: PlatformAdminUpdate, if_match: int | None) -> PlatformAdmin:
    """Update name or status; suspension ends all sessions, and is refused for the caller and the last active one."""
    if changes.status == PlatformAdminStatus.SUSPENDED and admin_id == scope.actor().id:
        raise Conflict("You cannot suspend yourself.", code="self_suspension")
    active = _hold_active()
    admin = rows.lock_for_update(PlatformAdmin, admin_id, if_match)
    values = changes.model_dump(exclude_unset=True)
    changed = rows.apply_changes(admin, values)
    if admin.status != PlatformAdminStatus.ACTIVE:
        if not active - {admin_id}:
            raise Conflict("At least one active administrator must remain.", code="last_administrator")
        platform_auth_service.end_sessions(admin_id, "suspended")
    platform_event_service.record("platform_admin.updated", admin, changed=changed, status=admin.status)
    return admin


@use_case
def reset_second_factor(admin_id: UUID) -> None:
    """Remove the second factor of an administrator who lost app and recovery codes, and end their sessions."""
    # Otherwise, whoever steals a session could remove the second factor without a code.
    if admin_id == scope.actor().id:
        raise Conflict("You cannot reset your own second factor. Ask another administrator.", code="self_reset")
    admin = rows.lock_for_update(PlatformAdmin, admin_id)
    second_factor.clear(admin)
    platform_auth_service.end_sessions(admin_id, "second_factor_reset")
    platform_event_service.record("platform_admin.totp_reset", admin)


def _hold_active() -> set[UUID]:
    """Lock and return the active administrators, so that two cannot suspend each other."""
    active = sa.select(PlatformAdmin.id).where(PlatformAdmin.status == PlatformAdminStatus.ACTIVE)
    # In id order, so that two updates cannot deadlock.
    return set(db.session.scalars(active.order_by(PlatformAdmin.id).with_for_update()))


@use_case
def _create(new: PlatformAdminCreate, password_hash: str) -> PlatformAdmin:
    admin = PlatformAdmin(email=new.email, name=new.name, password_hash=password_hash)
    db.session.add(admin)
    db.session.flush()  # the event needs the id
    platform_event_service.record("platform_admin.created", admin)
    return admin
