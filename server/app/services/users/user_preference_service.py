"""What clients keep for a user, such as columns and panes: stored as it comes, with a version of its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.models import User
from app.schemas.auth_schema import PreferencesOut
from app.services.core import rows
from app.services.core.transaction import use_case
from app.utils.errors import PreconditionFailed


def get(user_id: UUID) -> PreferencesOut:
    """Return the user's preferences."""
    return _out(rows.get(User, user_id))


@use_case
def put(user_id: UUID, preferences: dict[str, Any], if_match: int | None) -> PreferencesOut:
    """Replace the user's preferences; PreconditionFailed if another client was faster.

    Without an event: they say nothing about the account.
    """
    user = rows.lock_row(User, user_id)
    if if_match is not None and user.preferences_version != if_match:
        raise PreconditionFailed(
            "The preferences have changed. Reload them and try again.",
            current_version=user.preferences_version,
            headers={"ETag": f'"{user.preferences_version}"'},
        )
    user.preferences = preferences
    user.preferences_version += 1
    return _out(user)


def _out(user: User) -> PreferencesOut:
    return PreferencesOut(preferences=user.preferences, version=user.preferences_version)
