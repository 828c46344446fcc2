"""Roles: the system roles, which cannot be changed, and the custom roles of a tenant."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Role, Tenant, User, UserRole
from app.models.permission import with_implied
from app.models.role import CUSTOM_LEVEL
from app.schemas.lists import Page
from app.schemas.role_schema import RoleCreate, RoleUpdate
from app.services.access import principal_service
from app.services.core import listing, rows
from app.services.core.transaction import mark_deleted, use_case
from app.services.events import event_service
from app.utils import scope
from app.utils.errors import Conflict, Forbidden, NotFound


def list_all() -> Page[Role]:
    """List all roles, highest first."""
    return listing.single_page(db.session.scalars(sa.select(Role).order_by(Role.level, Role.name)))


def get(role_id: UUID) -> Role:
    """Return a role; NotFound if there is none."""
    return rows.get(Role, role_id)


def by_name(name: str) -> Role:
    """Return the system role with this name; every tenant has all of them."""
    return db.session.scalars(sa.select(Role).where(Role.name == name, Role.is_system)).one()


@use_case
def create(new: RoleCreate) -> Role:
    """Create a custom role; Forbidden if the actor lacks one of its permissions."""
    check_held(new.permissions)
    role = Role(name=new.name, description=new.description, custom_permissions=new.permissions, level=CUSTOM_LEVEL)
    db.session.add(role)
    db.session.flush()  # the event needs the id
    event_service.record("role.created", role, name=role.name, permissions=role.permissions)
    return role


@use_case
def update(role_id: UUID, changes: RoleUpdate, if_match: int | None) -> Role:
    """Change a custom role; effective for its users from the next request on."""
    role = _lock_custom(role_id, if_match)
    values: dict[str, Any] = changes.model_dump(exclude_unset=True)
    if "permissions" in values:
        values["custom_permissions"] = values.pop("permissions")
    check_held(values.get("custom_permissions", role.custom_permissions))
    changed = rows.apply_changes(role, values)
    event_service.record("role.updated", role, changed=changed, permissions=role.permissions)
    # Any user may have the role; the tenant's epoch covers all of them.
    principal_service.invalidate(db.session.get_one(Tenant, scope.tenant_id()))
    return role


@use_case
def delete(role_id: UUID) -> None:
    """Delete a custom role; Conflict if it is assigned to users."""
    role = _lock_custom(role_id)
    # The foreign key refuses it, too; this query is for the error that says why.
    if db.session.scalar(sa.select(UserRole.id).where(UserRole.role_id == role_id).limit(1)):
        raise Conflict("This role is assigned to users. Remove it from them first.", code="role_in_use")
    event_service.record("role.deleted", role, name=role.name)
    db.session.delete(role)


@use_case
def assign(user: User, role_ids: list[UUID]) -> list[str]:
    """Replace the custom roles of the user; return the names of the added and removed roles, sorted.

    NotFound if a role does not exist, Conflict for a system role, Forbidden if the actor lacks a permission of one.
    """
    wanted = {role.id: role for role in db.session.scalars(sa.select(Role).where(Role.id.in_(role_ids)))}
    if set(role_ids) - set(wanted):
        raise NotFound("Some of these roles do not exist.", code="reference_missing")
    if any(role.is_system for role in wanted.values()):
        raise Conflict("Set a system role with the user's `role` field.", code="system_role")
    had = {role.id: role for role in db.session.scalars(sa.select(Role).where(_of(user.id)))}
    come = [role for key, role in wanted.items() if key not in had]
    gone = [role for key, role in had.items() if key not in wanted]
    for role in [*come, *gone]:
        check_held(role.permissions)
    db.session.add_all([UserRole(user_id=user.id, role_id=role.id) for role in come])
    if gone:
        lost = UserRole.role_id.in_([role.id for role in gone])
        db.session.execute(sa.delete(UserRole).where(UserRole.user_id == user.id, lost))
        mark_deleted()
    return sorted(role.name for role in [*come, *gone])


def check_held(names: list[str]) -> None:
    """Forbidden if the caller would grant a permission that they do not have."""
    actor = scope.actor()
    # Included permissions count: whoever lacks compensation.read cannot grant privacy.export.
    beyond = sorted(with_implied(names) - actor.permissions)
    if actor.is_caller and beyond:
        raise Forbidden(f"You do not have the permissions {', '.join(beyond[:5])}.", code="permission_not_held")


def _of(user_id: UUID) -> Any:
    """Return the condition for the custom roles of a user."""
    return sa.exists().where(
        UserRole.tenant_id == Role.tenant_id, UserRole.role_id == Role.id, UserRole.user_id == user_id
    )


def _lock_custom(role_id: UUID, if_match: int | None = None) -> Role:
    role = rows.lock_for_update(Role, role_id, if_match)
    if role.is_system:
        raise Conflict("System roles cannot be changed or deleted.", code="system_role")
    return role
