"""What a part in a job opens to the actor of single candidates, for reads that leave out what is not open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, visibility_conditions
from app.models.job_access import Opens
from app.services.access import visibility_service
from app.utils import scope

CANDIDATES = Candidate.__table__


def opened(candidate_ids: Collection[UUID], *opens: Opens) -> dict[Opens, set[UUID]]:
    """Return the candidates, among these visible ones, of whom each of these is open to the actor, in one statement.

    Whoever sees a candidate without a part in a job sees all of them.
    """
    actor = scope.actor()
    if actor.visibility is None or actor.visibility.member is None or not candidate_ids:
        return {each: set(candidate_ids) for each in opens}
    columns = [sa.and_(*visibility_conditions.candidates(each)).label(each) for each in opens]
    of_these = (CANDIDATES.c.tenant_id == scope.tenant_id(), CANDIDATES.c.id.in_(candidate_ids))
    rows = db.session.execute(sa.select(CANDIDATES.c.id, *columns).where(*of_these)).mappings().all()
    return {each: {row["id"] for row in rows if row[each]} for each in opens}


def can_change(model: Any, row: Any, permission: str) -> bool:
    """Return whether a row that the actor sees is also visible to changes with this permission."""
    bound = scope.current()
    if bound is None or bound.tenant_id is None or bound.actor.visibility is None:
        return True
    changing = replace(bound.actor, visibility=visibility_service.for_change(bound.actor.visibility, permission))
    with scope.tenant(bound.tenant_id, changing):
        return db.session.scalar(sa.select(model.id).where(model.id == row.id)) is not None
