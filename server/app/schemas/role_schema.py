"""Roles and permissions."""

from __future__ import annotations

from uuid import UUID

from app.schemas.common import Out


class RoleOut(Out):
    """A role and what it may do."""

    id: UUID
    name: str
    is_system: bool
    level: int
    permissions: list[str]
