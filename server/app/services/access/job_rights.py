"""What a part in a job opens to the actor: of single candidates for reads, and of single rows for changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import (
    Application,
    Candidate,
    CandidateDocument,
    CandidateResume,
    Interview,
    Note,
    Offer,
    Screening,
    Task,
    visibility_conditions,
)
from app.models.job_access import Opens
from app.services.access import visibility_service
from app.utils import scope
from app.utils.errors import Forbidden
from app.utils.scope import Visibility

CANDIDATES = Candidate.__table__
OF_PATHS: dict[str, Any] = {
    "application_id": Application,
    "candidate_id": Candidate,
    "document_id": CandidateDocument,
    "interview_id": Interview,
    "note_id": Note,
    "offer_id": Offer,
    "resume_id": CandidateResume,
    "screening_id": Screening,
    "task_id": Task,
}


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


def refusal_of_change(path_ids: Mapping[str, UUID], reading: Visibility | None) -> Forbidden | None:
    """Return the refusal of a change of a row that the actor may read by a part in a job; None if there is no such row.

    Instead of NotFound, which a client would take for a deleted row.
    """
    bound = scope.current()
    if bound is None or bound.tenant_id is None or reading is None or reading.member is None:
        return None
    rows = [(OF_PATHS[name], row_id) for name, row_id in path_ids.items() if name in OF_PATHS]
    closed = [(model, row_id) for model, row_id in rows if not _sees(model, row_id)]
    with scope.tenant(bound.tenant_id, replace(bound.actor, visibility=reading)):
        if any(_sees(model, row_id) for model, row_id in closed):
            detail = "Your role in the hiring team, or your seat on the panel, does not allow this."
            return Forbidden(detail, code="not_opened")
    return None


def _sees(model: Any, row_id: UUID) -> bool:
    return db.session.scalar(sa.select(model.id).where(model.id == row_id)) is not None


def can_change(model: Any, row: Any, permission: str) -> bool:
    """Return whether a row that the actor sees is also visible to changes with this permission."""
    bound = scope.current()
    if bound is None or bound.tenant_id is None or bound.actor.visibility is None:
        return True
    changing = replace(bound.actor, visibility=visibility_service.for_change(bound.actor.visibility, permission))
    with scope.tenant(bound.tenant_id, changing):
        return _sees(model, row.id)
