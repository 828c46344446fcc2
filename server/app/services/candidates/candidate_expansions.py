"""What lists can add about candidates: each loader is one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateContact, CandidateTag, CandidateTagging

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
    point = CandidateContact
    columns = (point.candidate_id, point.kind, point.value, point.raw, point.is_parsed)
    statement = sa.select(*columns).order_by(CandidateContact.position, CandidateContact.id)
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in db.session.execute(statement.where(CandidateContact.candidate_id.in_(candidate_ids))):
        found[row.candidate_id].append(row)
    return found
