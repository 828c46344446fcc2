"""Conditions for the rows that the bound actor sees, on tables: for statements that bypass the ORM.

`row_visibility.py` adds the same conditions to ORM statements.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.models.application import Application
from app.models.candidate import Candidate
from app.models.candidate_document import CandidateDocument
from app.models.interview_scorecard import InterviewScorecard
from app.models.job_access import Opens, Part
from app.models.job_visibility import OF_APPLICATION, OF_CANDIDATE, JobVisibility
from app.models.note import Note
from app.models.task import Task
from app.utils import scope
from app.utils.scope import Visibility

# Tables rather than classes: the guards add conditions to classes, and these are used in such conditions.
# Statements over them therefore name the tenant.
CANDIDATES, APPLICATIONS = Candidate.__table__, Application.__table__


def candidates(opens: Opens = Opens.PROFILE) -> list[Any]:
    """Return the conditions on the candidates table for the bound actor, for statements that bypass the ORM.

    `opens` is what a hiring team or panel must have been opened of the candidate.
    """
    if (bound := _bound()) is None:
        return []
    seen, part = _visible(*bound), through_jobs(*bound)
    return [seen if part is None else seen | CANDIDATES.c.id.in_(part.candidates(opens))]


def own_candidates() -> list[Any]:
    """Return the conditions on the candidates table without what parts in jobs open, such as for talent pools."""
    if (bound := _bound()) is None:
        return []
    return [_visible(*bound)]


def applications(columns: Any = APPLICATIONS.c) -> list[Any]:
    """Return the conditions on the applications table, or an alias of it, for the bound actor, like `candidates`."""
    if (bound := _bound()) is None:
        return []
    return [of_job(Application, *bound, visible_ids(*bound), columns)]


def applications_opened(model: Any, opens: Opens) -> list[Any]:
    """Return the conditions on applications that leave those of which the bound actor sees this, too."""
    if (bound := _bound()) is None:
        return []
    own, part = model.candidate_id.in_(visible_ids(*bound)), through_jobs(*bound)
    return [own if part is None else own | model.id.in_(part.applications(opens))]


def visible_ids(tenant: UUID, visibility: Visibility) -> sa.Select[Any]:
    """Return a query for the ids of the candidates that are visible without a part in a job."""
    seen = _visible(tenant, visibility)
    return sa.select(CANDIDATES.c.id).where(CANDIDATES.c.tenant_id == tenant, seen).correlate(None)


def opened_notes(columns: Any) -> Any:
    """Return the condition on notes for the teams of their authors that hiring teams open to the bound actor."""
    if (bound := _bound()) is None:
        return sa.false()
    part = through_jobs(*bound)
    return part.notes(columns, Opens.TEAM_NOTES) if part else sa.false()


def opened_subjects(tenant: UUID, visibility: Visibility) -> dict[str, sa.Select[Any]]:
    """Return queries for the ids that are visible through hiring teams and panels, by the name of their table."""
    if (part := through_jobs(tenant, visibility)) is None:
        return {}
    tables = {model: model.__table__ for model in (*OF_CANDIDATE, *OF_APPLICATION, CandidateDocument, Note, Task)}
    # Scorecards not through the panel, whose members must not know of others' before their own.
    opened = {
        table: part.condition(model, table.c, by_panel=model is not InterviewScorecard)
        for model, table in tables.items()
    }
    return {
        table.name: sa.select(table.c.id).where(table.c.tenant_id == tenant, condition)
        for table, condition in opened.items()
        if condition is not None
    }


def through_jobs(tenant: UUID, visibility: Visibility) -> JobVisibility | None:
    """Return what parts in jobs open, or None for API keys and for changes that no part in a job opens."""
    if visibility.member is None:
        return None
    change = Opens(visibility.change) if visibility.change else None
    return JobVisibility(tenant, visibility.member, change, Part(visibility.part) if visibility.part else None)


def _bound() -> tuple[UUID, Visibility] | None:
    """Return the tenant and the limits of the bound actor; None if there are no limits."""
    bound = scope.current()
    if bound is None or bound.tenant_id is None or bound.actor.visibility is None:
        return None
    return bound.tenant_id, bound.actor.visibility


def _visible(tenant: UUID, visibility: Visibility) -> Any:
    conditions: list[sa.ColumnElement[bool]] = [sa.true()]
    if visibility.owners is not None:
        broadcast = CANDIDATES.c.is_broadcast if visibility.broadcast else sa.false()
        conditions.append(CANDIDATES.c.owner_id.in_(sorted(visibility.owners)) | broadcast)
    if visibility.candidate is not None:
        conditions.append(CANDIDATES.c.id == visibility.candidate)
    if visibility.jobs is not None:
        of_jobs = sa.select(APPLICATIONS.c.candidate_id).where(
            APPLICATIONS.c.tenant_id == tenant, APPLICATIONS.c.job_id.in_(sorted(visibility.jobs))
        )
        conditions.append(CANDIDATES.c.id.in_(of_jobs))
    return sa.and_(*conditions)


def of_job(model: Any, tenant: UUID, visibility: Visibility, seen: sa.Select[Any], columns: Any = None) -> Any:
    """Return the condition on rows of a candidate and a job; `columns` are those of the table, else of the class."""
    columns = model if columns is None else columns
    condition = columns.candidate_id.in_(seen)
    if visibility.jobs is not None:
        condition &= columns.job_id.in_(sorted(visibility.jobs))
    if (part := through_jobs(tenant, visibility)) is not None:
        condition |= part.condition(model, columns)
    return condition
