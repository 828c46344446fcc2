"""Roles of the tenant."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Role
from app.schemas.common import Page
from app.services import listing, rows


def list_all() -> Page[Role]:
    """Every role, the highest first."""
    return listing.whole(db.session.scalars(sa.select(Role).order_by(Role.level, Role.name)))


def get(role_id: UUID) -> Role:
    """One role."""
    return rows.get(Role, role_id)


def by_name(name: str) -> Role:
    """The role of that name; every tenant has the system roles."""
    return db.session.scalars(sa.select(Role).where(Role.name == name)).one()
