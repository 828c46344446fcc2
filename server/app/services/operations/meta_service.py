"""Metadata about the API: permissions and state machines."""

from __future__ import annotations

from app.models.base.state_machine import StateMachine
from app.models.permission import PERMISSIONS
from app.schemas.lists import Page
from app.schemas.meta_schema import PermissionOut
from app.services.core import listing
from app.services.lifecycles.state_rules import MACHINES


def permissions() -> Page[PermissionOut]:
    """Return all permissions with descriptions, ordered by name."""
    return listing.single_page(
        [PermissionOut(name=name, description=text) for name, text in sorted(PERMISSIONS.items())]
    )


def state_machines() -> Page[StateMachine]:
    """Return all state machines."""
    return listing.single_page(MACHINES)
