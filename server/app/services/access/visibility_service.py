"""Visibility: which candidates an actor sees: their own, the team's or all; enforced by `models/row_visibility.py`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import ApiKey, User
from app.models.job_access import CHANGES, Part
from app.models.permission import VIEW_ALL, VIEW_TEAM
from app.utils import scope
from app.utils.errors import Forbidden
from app.utils.scope import Visibility


def of_user(user_id: UUID, permissions: frozenset[str]) -> Visibility | None:
    """Return the visibility of a user of the bound tenant; None means everything."""
    if VIEW_ALL in permissions:
        return None
    if VIEW_TEAM in permissions:
        # Broadcast candidates, and those of a hiring team or panel, are for users, not for keys.
        return Visibility(owners=team_of(user_id), broadcast=True, member=user_id)
    return Visibility(owners=frozenset({user_id}), broadcast=True, member=user_id)


def for_change(visibility: Visibility | None, permission: str) -> Visibility | None:
    """Return what of a visibility counts for a change: a part in a job only if it opens what the permission changes."""
    if visibility is None or visibility.member is None:
        return visibility
    change = CHANGES.get(permission)
    return replace(visibility, member=visibility.member if change else None, change=change)


def of_key(key: ApiKey, permissions: frozenset[str]) -> Visibility | None:
    """Return the visibility of an API key, narrowed by its teams and jobs; None means everything."""
    jobs = frozenset(UUID(value) for value in key.job_ids) if key.job_ids else None
    # Teams restrict even a key with candidates.view_all.
    if key.team_ids:
        return Visibility(below(UUID(value) for value in key.team_ids), jobs)
    # A key owns no candidates: with neither teams nor candidates.view_all, it sees none.
    owners: frozenset[UUID] | None = None if VIEW_ALL in permissions else frozenset()
    return None if owners is None and jobs is None else Visibility(owners, jobs)


def by_part(visibility: Visibility | None) -> list[tuple[Part | None, Visibility | None]]:
    """Return the visibility without a part in a job, then with the hiring teams alone and with the panels alone."""
    if visibility is None or visibility.member is None:
        return [(None, visibility)]
    parts = [(part, replace(visibility, part=part)) for part in Part]
    return [(None, replace(visibility, member=None, change=None)), *parts]


def team_of(user_id: UUID) -> frozenset[UUID]:
    """Return the team of a user: its leader and everyone below. A user with reports leads their own team."""
    managers, reports = _hierarchy()
    leader = user_id if reports[user_id] else managers.get(user_id) or user_id  # without a manager, a team of one
    return _below([leader], reports)


def owned_by(column: Any, who: str | None) -> list[Any]:
    """Return the condition that a column names the acting user (`me`) or one of their team; none without `who`."""
    user_id = scope.user_id()
    if who is None or user_id is None:
        return [] if who is None else [sa.false()]  # an API key owns nothing
    return [column == user_id if who == "me" else column.in_(sorted(team_of(user_id)))]


def below(leaders: Iterable[UUID]) -> frozenset[UUID]:
    """Return these users and everyone below them."""
    _, reports = _hierarchy()
    return _below(leaders, reports)


def _below(leaders: Iterable[UUID], reports: Mapping[UUID, list[UUID]]) -> frozenset[UUID]:
    found: set[UUID] = set()
    open_ends = list(leaders)
    while open_ends:
        current = open_ends.pop()
        if current not in found:  # leaders may report to one another
            found.add(current)
            open_ends += reports.get(current, [])
    return frozenset(found)


def check_owner(owner_id: UUID | None) -> None:
    """Forbidden if the actor would lose access to a candidate with this owner, unless they see no owners at all."""
    visibility = scope.actor().visibility
    if visibility is not None and visibility.owners and owner_id not in visibility.owners:
        raise Forbidden("You would lose access to this candidate. Choose an owner from your team.", code="not_visible")


def require_all(subject: str) -> None:
    """Forbidden if the actor sees only a part of the records that `subject` covers."""
    if scope.actor().visibility is not None:
        raise Forbidden(f"{subject} includes records that are not visible to you.", code="not_visible")


def default_owner() -> UUID | None:
    """Return the default owner: users who do not see everything own what they add, or they would lose access to it."""
    actor = scope.actor()
    return actor.id if actor.kind == "user" and actor.visibility is not None else None


def _hierarchy() -> tuple[dict[UUID, UUID | None], defaultdict[UUID, list[UUID]]]:
    """Return each user's manager and each manager's reports; small, since plans allow at most 999 users."""
    managers = {user_id: manager_id for user_id, manager_id in db.session.execute(sa.select(User.id, User.manager_id))}
    reports: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for user_id, manager_id in managers.items():
        if manager_id is not None:
            reports[manager_id].append(user_id)
    return managers, reports
