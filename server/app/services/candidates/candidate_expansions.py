"""What lists can add about candidates and users: each loader is one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateContact, CandidateTag, CandidateTagging, User

IN_SHORT = (
    Candidate.id,
    Candidate.name,
    Candidate.headline,
    Candidate.location,
    Candidate.status,
    Candidate.owner_id,
)


def candidates(ids: Collection[UUID]) -> Mapping[UUID, Any]:
    """Return the visible candidates."""
    found = db.session.execute(sa.select(*IN_SHORT).where(Candidate.id.in_(ids)))
    return {row.id: row for row in found}


def owners_of(candidate_ids: Collection[UUID]) -> Mapping[UUID, Any]:
    """Return the owner of each candidate that has one."""
    owned = sa.and_(User.tenant_id == Candidate.tenant_id, User.id == Candidate.owner_id)
    statement = sa.select(Candidate.id.label("candidate_id"), User.id, User.name).join(User, owned)
    found = db.session.execute(statement.where(Candidate.id.in_(candidate_ids)))
    return {row.candidate_id: row for row in found}


def users(ids: Collection[UUID]) -> Mapping[UUID, Any]:
    """Return the users."""
    return {row.id: row for row in db.session.execute(sa.select(User.id, User.name).where(User.id.in_(ids)))}


def tags_of(candidate_ids: Collection[UUID]) -> Mapping[UUID, list[Any]]:
    """Return the tags of each candidate, by name."""
    borne = sa.and_(CandidateTag.tenant_id == CandidateTagging.tenant_id, CandidateTag.id == CandidateTagging.tag_id)
    columns = (CandidateTagging.candidate_id, CandidateTag.id, CandidateTag.name, CandidateTag.color)
    statement = sa.select(*columns).join(CandidateTag, borne).order_by(CandidateTag.key)
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in db.session.execute(statement.where(CandidateTagging.candidate_id.in_(candidate_ids))):
        found[row.candidate_id].append(row)
    return found


def contacts_of(candidate_ids: Collection[UUID]) -> Mapping[UUID, list[Any]]:
    """Return the contact points of each candidate that are open to the actor, in their order."""
    columns = (CandidateContact.candidate_id, CandidateContact.kind, CandidateContact.value, CandidateContact.raw)
    statement = sa.select(*columns).order_by(CandidateContact.position, CandidateContact.id)
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in db.session.execute(statement.where(CandidateContact.candidate_id.in_(candidate_ids))):
        found[row.candidate_id].append(row)
    return found
