"""What lists can add about users: each loader is one statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, User
from app.utils import avatar_links

IN_SHORT = (User.id, User.name, User.tenant_id, User.avatar_id)


def users(ids: Collection[UUID]) -> Mapping[UUID, Any]:
    """Return the users."""
    return {row.id: in_short(row) for row in db.session.execute(sa.select(*IN_SHORT).where(User.id.in_(ids)))}


def owners_of(candidate_ids: Collection[UUID]) -> Mapping[UUID, Any]:
    """Return the owner of each candidate that has one."""
    owned = sa.and_(User.tenant_id == Candidate.tenant_id, User.id == Candidate.owner_id)
    statement = sa.select(Candidate.id.label("candidate_id"), *IN_SHORT).join(User, owned)
    found = db.session.execute(statement.where(Candidate.id.in_(candidate_ids)))
    return {row.candidate_id: in_short(row) for row in found}


def in_short(row: Any) -> dict[str, Any]:
    """Return the fields of a user in short, from a row with `IN_SHORT`."""
    return {"id": row.id, "name": row.name, "avatar_url": avatar_links.address(row.tenant_id, row.avatar_id)}
