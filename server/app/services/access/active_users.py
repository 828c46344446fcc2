"""Active users: the only ones who can be assigned anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Role, User
from app.models.user import UserStatus
from app.services.core import rows
from app.utils.errors import Conflict


def among(ids: Iterable[UUID]) -> Sequence[User]:
    """Return the active users among these ids, in one statement."""
    wanted = set(ids)
    if not wanted:
        return []
    return db.session.scalars(sa.select(User).where(User.id.in_(wanted), User.status == UserStatus.ACTIVE)).all()


def is_active(column: Any) -> sa.ColumnElement[bool]:
    """Return the condition that a column names an active user."""
    return sa.exists().where(User.id == column, User.status == UserStatus.ACTIVE)


def responsible(owner_id: UUID | None) -> Sequence[User]:
    """Return the owner of a candidate if active, else the administrators: somebody must hear of it."""
    owners = among([owner_id] if owner_id else [])
    return owners or administrators()


def administrators() -> Sequence[User]:
    """Return the active administrators of the tenant."""
    admins = sa.select(User).join(Role, sa.and_(Role.tenant_id == User.tenant_id, Role.id == User.role_id))
    return db.session.scalars(admins.where(Role.name == "TENANT_ADMIN", User.status == UserStatus.ACTIVE)).all()


def require(user_id: UUID, takes: str) -> None:
    """Conflict if the user is not active, NotFound if there is none; `takes` names what would be assigned."""
    if rows.get(User, user_id).status != UserStatus.ACTIVE:
        raise Conflict(f"Only active users can be assigned {takes}.", code="user_not_active")
