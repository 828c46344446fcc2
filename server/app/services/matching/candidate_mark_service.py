"""Marks of candidates for a job: seen, shortlisted or passed over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateMark, Job
from app.models.candidate_mark import Mark
from app.schemas.candidate_mark_schema import CandidateMarkOut, CandidateMarks, MarkCandidates
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.events.event_service import Subject
from app.utils import scope
from app.utils.errors import NotFound

# A table rather than the class: its rows are read only beside a candidate and a job that the actor sees.
MARKS = CandidateMark.__table__


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
    """Set or remove the mark of candidates; NotFound unless the actor sees the job and all of them."""
    rows.get(Job, job_id)
    wanted = list(dict.fromkeys(request.candidate_ids))
    visible = sa.select(Candidate.id).where(Candidate.id.in_(wanted))
    if len(db.session.scalars(visible).all()) != len(wanted):
        raise NotFound("There is no such candidate.")
    # All marks of these, also those that the actor may not read: the unique key counts them.
    with scope.unrestricted("the candidates are visible"):
        of_these = sa.select(CandidateMark).where(
            CandidateMark.job_id == job_id, CandidateMark.candidate_id.in_(wanted)
        )
        found = {each.candidate_id: each for each in db.session.scalars(of_these.with_for_update())}
    for candidate_id in wanted:
        _set(found, job_id, candidate_id, request.mark)
    return CandidateMarks(data=[_out(candidate_id, found.get(candidate_id)) for candidate_id in wanted])


def _set(found: dict[UUID, CandidateMark], job_id: UUID, candidate_id: UUID, wanted: Mark | None) -> None:
    before = found.get(candidate_id)
    if (before.mark if before else None) == wanted or (before and wanted is Mark.SEEN):
        return
    if before is None:
        assert wanted is not None  # null is what a candidate without a mark has
        found[candidate_id] = CandidateMark(
            job_id=job_id, candidate_id=candidate_id, mark=wanted, user_id=scope.user_id()
        )
        db.session.add(found[candidate_id])
    elif wanted is None:
        db.session.delete(found.pop(candidate_id))
    else:
        before.mark, before.user_id = wanted, scope.user_id()
    if wanted is not Mark.SEEN:  # a look is no decision
        subject = Subject(Candidate.__tablename__, candidate_id)
        event_service.record("candidate.marked", subject, job_id=job_id, mark=wanted)


def _out(candidate_id: UUID, row: CandidateMark | None) -> CandidateMarkOut:
    return CandidateMarkOut(
        candidate_id=candidate_id, mark=row.mark if row else None, marked_by_id=row.user_id if row else None
    )
