"""Active users: the only ones who can be assigned anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import User
from app.models.user import UserStatus
from app.services.core import rows
from app.utils.errors import Conflict


def among(ids: Iterable[UUID]) -> Sequence[User]:
    """Return the active users among these ids, in one statement."""
    wanted = set(ids)
    if not wanted:
        return []
    return db.session.scalars(sa.select(User).where(User.id.in_(wanted), User.status == UserStatus.ACTIVE)).all()


def require(user_id: UUID, takes: str) -> None:
    """Conflict if the user is not active, NotFound if there is none; `takes` names what would be assigned."""
    if rows.get(User, user_id).status != UserStatus.ACTIVE:
        raise Conflict(f"Only active users can be assigned {takes}.", code="user_not_active")
