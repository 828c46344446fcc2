"""Marks of candidates for a job: seen, shortlisted or passed over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Candidate, CandidateMark, Job, visibility_conditions
from app.models.candidate_mark import MarkKind
from app.schemas.candidate_mark_schema import CandidateMarkOut, CandidateMarks, MarkCandidates
from app.services.core import listing, rows, upsert
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils import scope
from app.utils.errors import NotFound

# Tables: marks are read only beside a candidate and a job that the actor sees.
MARKS, CANDIDATES = CandidateMark.__table__, Candidate.__table__


def columns(job_id: Any, candidate_id: Any) -> tuple[Any, Any]:
    """Return the mark of a candidate for a job, and who set it, as scalar subqueries."""
    return _lookup("mark", job_id, candidate_id), _lookup("user_id", job_id, candidate_id).label("marked_by_id")


def filtered(job_id: Any, candidate_id: Any, wanted: list[Any]) -> Any:
    """Return the condition that the mark is one of these; `none` stands for candidates without one."""
    return listing.equals(_lookup("mark", job_id, candidate_id), wanted)


def _lookup(name: str, job_id: Any, candidate_id: Any) -> Any:
    own = (MARKS.c.tenant_id == scope.tenant_id(), MARKS.c.job_id == job_id, MARKS.c.candidate_id == candidate_id)
    return sa.select(MARKS.c[name]).where(*own).scalar_subquery().label(name)


@use_case(retries=3)
def mark(job_id: UUID, request: MarkCandidates) -> CandidateMarks:
    """Set or remove the mark of candidates; NotFound unless the actor may mark all of them for this job."""
    rows.get(Job, job_id)
    wanted = list(dict.fromkeys(request.candidate_ids))
    missing = set(wanted) - _markable(job_id, wanted)
    if missing:
        errors = [
            {"pointer": f"/candidate_ids/{wanted.index(each)}", "code": "not_found", "detail": "is unknown"}
            for each in missing
        ]
        raise NotFound("There is no such candidate.", errors=errors)
    added = _add(job_id, wanted, request.mark) if request.mark is not None else set()
    # Also those that the actor may not read: the unique key counts them.
    with scope.unrestricted("the candidates are visible"):
        own = sa.and_(CandidateMark.job_id == job_id, CandidateMark.candidate_id.in_(wanted))
        found = {each.candidate_id: each for each in rows.lock_all(CandidateMark, own)}
    for candidate_id in wanted:
        if candidate_id in found:
            _set(found, candidate_id, request.mark, candidate_id in added)
    return CandidateMarks(data=[_out(candidate_id, found.get(candidate_id)) for candidate_id in wanted])


def _markable(job_id: UUID, wanted: Sequence[UUID]) -> set[UUID]:
    """Return those that the actor sees without a part in a job, and those whose application for this job is open."""
    of_these = (CANDIDATES.c.tenant_id == scope.tenant_id(), CANDIDATES.c.id.in_(wanted))
    own = sa.select(CANDIDATES.c.id).where(*of_these, *visibility_conditions.own_candidates())
    applied = sa.select(Application.candidate_id).where(
        Application.job_id == job_id, Application.candidate_id.in_(wanted)
    )
    return {*db.session.scalars(own), *db.session.scalars(applied)}


def _add(job_id: UUID, wanted: Sequence[UUID], mark_kind: MarkKind) -> set[UUID]:
    """Add the marks that are missing, also if somebody else adds them at this moment; return whose were added."""
    values = {"job_id": job_id, "mark": mark_kind, "user_id": scope.user_id()}
    new = [rows.new_row(candidate_id=candidate_id, **values) for candidate_id in sorted(wanted)]
    statement = upsert.insert(MARKS).values(new).on_conflict_do_nothing().returning(MARKS.c.candidate_id)
    return set(db.session.connection().execute(statement).scalars())


def _set(found: dict[UUID, CandidateMark], candidate_id: UUID, wanted: MarkKind | None, is_new: bool) -> None:
    row = found[candidate_id]
    if not is_new and (row.mark == wanted or wanted is MarkKind.SEEN):
        return  # a look changes no decision
    if wanted is None:
        db.session.delete(found.pop(candidate_id))
    else:
        row.mark, row.user_id = wanted, scope.user_id()
    if wanted is not MarkKind.SEEN:  # a look is no decision
        # About the row, which belongs to the job: who sees the candidate by another job does not see the event.
        event_service.record("candidate_mark.set", row, job_id=row.job_id, mark=wanted)


def _out(candidate_id: UUID, row: CandidateMark | None) -> CandidateMarkOut:
    return CandidateMarkOut(
        candidate_id=candidate_id, mark=row.mark if row else None, marked_by_id=row.user_id if row else None
    )
