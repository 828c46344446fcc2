"""Rows of users that they may share: all users of the tenant read them, only the owner changes them.

The model has `user_id` and `is_shared`.
"""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from app.services.core import rows
from app.utils.errors import Forbidden

Row = TypeVar("Row", bound=Any)


def readable(model: Any, user_id: UUID) -> Any:
    """Return the condition for the user's own rows and those that others share."""
    return (model.user_id == user_id) | model.is_shared


def get(model: type[Row], user_id: UUID, row_id: UUID) -> Row:
    """Return a row; NotFound unless it is the user's own or shared."""
    row = rows.get(model, row_id)
    if row.user_id != user_id and not row.is_shared:
        raise rows.not_found(model)
    return row


def lock_own(model: type[Row], user_id: UUID, row_id: UUID, if_match: int | None = None) -> Row:
    """Lock one of the user's own rows for a change; Forbidden for another user's."""
    get(model, user_id, row_id)  # not found, rather than forbidden, for a row that is not shared
    row = rows.lock_for_update(model, row_id, if_match)
    if row.user_id != user_id:
        raise Forbidden("Only the owner can change or delete this.", code="not_the_owner")
    return row
