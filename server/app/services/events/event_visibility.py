"""Which events an actor sees: those of visible candidates, of what a part in a job opens, and of their own acts.

The conditions are built once per actor: streams ask for them with every event.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.models import Application, Event, Note, row_visibility, visibility_conditions
from app.models.base.tenancy import tenant_tables
from app.models.job_access import Opens
from app.models.note import NoteVisibility
from app.models.permission import VIEW_ALL
from app.utils import scope
from app.utils.scope import Actor

MAX_KEPT = 1024
NOTES, APPLICATIONS = Note.__table__, Application.__table__
OF_NOTES = ("notes", "candidate_notes")  # the name in events from before migration 0054
CLOSED = ("candidate.pooled", "candidate.unpooled")  # about talent pools, which parts in jobs do not open


def visible() -> list[Any]:
    """Return the conditions for the events that the bound actor sees.

    An event about a candidate, or about data of one, is visible if the candidate is or if the actor caused it.
    """
    bound = scope.current()
    if bound is None or bound.tenant_id is None or bound.actor.visibility is None:
        return []
    return [_visible(bound.tenant_id, _without_request(bound.actor))]


def of_candidate(candidate_id: UUID) -> list[Any]:
    """Return the conditions for the events of a candidate that the actor sees, of all or only through jobs."""
    bound = scope.current()
    if bound is None or bound.tenant_id is None or bound.actor.visibility is None:
        return []
    seen = visibility_conditions.visible_ids(bound.tenant_id, bound.actor.visibility)
    is_seen = sa.literal(candidate_id, Event.candidate_id.type).in_(seen)
    return [sa.or_(is_seen, Event.actor_id == bound.actor.id, *_opened(bound.tenant_id, bound.actor))]


def not_anothers_private_note() -> Any:
    """Return the condition that excludes events about notes that the actor may not read."""
    bound = scope.current()
    return _readable_notes(bound.tenant_id if bound else None, _without_request(scope.actor()))


def _without_request(actor: Actor) -> Actor:
    return replace(actor, request_id=None)


@lru_cache(MAX_KEPT)
def _visible(tenant_id: UUID, actor: Actor) -> Any:
    assert actor.visibility is not None
    seen = Event.candidate_id.in_(visibility_conditions.visible_ids(tenant_id, actor.visibility))
    elsewhere = Event.candidate_id.is_(None) & Event.subject_type.not_in(row_visibility.OF_CANDIDATES)
    visible = sa.or_(elsewhere, Event.actor_id == actor.id, seen, *_opened(tenant_id, actor))
    jobs = actor.visibility.jobs
    return visible if jobs is None else sa.and_(visible, *_not_of_other_jobs(tenant_id, sorted(jobs)))


def _not_of_other_jobs(tenant_id: UUID, jobs: list[UUID]) -> Iterator[Any]:
    """Yield the conditions that exclude events about rows of other jobs, for API keys that are restricted to some."""
    of_jobs = sa.select(APPLICATIONS.c.id).where(APPLICATIONS.c.tenant_id == tenant_id, APPLICATIONS.c.job_id.in_(jobs))
    yield sa.or_(Event.subject_type != "jobs", Event.subject_id.in_(jobs))
    for table in tenant_tables():
        about = [
            sa.or_(table.c[name].is_(None), table.c[name].in_(allowed))
            for name, allowed in (("job_id", jobs), ("application_id", of_jobs))
            if name in table.c
        ]
        if about:
            own = sa.select(table.c.id).where(table.c.tenant_id == tenant_id, *about)
            yield sa.or_(Event.subject_type != table.name, Event.subject_id.in_(own))


@lru_cache(MAX_KEPT)
def _readable_notes(tenant_id: UUID | None, actor: Actor) -> Any:
    """Return the condition; of a tenant, since it names the candidates that a part in a job opens."""
    visibility = Event.data["visibility"].as_string()
    hidden = [NoteVisibility.PRIVATE.value]
    # Whoever sees all candidates reads the notes of all teams; private notes are the author's alone.
    if VIEW_ALL not in actor.permissions and actor.visibility is not None:
        hidden.append(NoteVisibility.TEAM.value)
    anothers = sa.and_(Event.subject_type.in_(OF_NOTES), visibility.in_(hidden))
    own: Any = Event.actor_id == actor.id
    if actor.kind == "user" and actor.visibility is not None and actor.visibility.owners:
        teams = sa.and_(visibility == NoteVisibility.TEAM.value, Event.actor_id.in_(sorted(actor.visibility.owners)))
        own = own | teams
    if tenant_id is not None and actor.visibility is not None:
        through_jobs = visibility_conditions.through_jobs(tenant_id, actor.visibility)
        if through_jobs is not None:
            readable = sa.select(NOTES.c.id).where(through_jobs.notes(NOTES.c, Opens.TEAM_NOTES))
            opened = Event.subject_id.in_(readable.where(NOTES.c.tenant_id == tenant_id))
            own = own | ((visibility == NoteVisibility.TEAM.value) & opened)
    # NULL for events without a visibility, which would exclude them.
    return sa.not_(sa.func.coalesce(anothers, sa.false())) | own


def _opened(tenant_id: UUID, actor: Actor) -> list[Any]:
    """Return the conditions for events about what hiring teams and panels open: of the job, not of the person."""
    if actor.visibility is None:
        return []
    opened = visibility_conditions.opened_subjects(tenant_id, actor.visibility)
    found = [sa.and_(Event.subject_type == name, Event.subject_id.in_(ids)) for name, ids in opened.items()]
    return [sa.and_(Event.type.not_in(CLOSED), sa.or_(*found))] if found else []
