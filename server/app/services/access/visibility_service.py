"""Who sees which candidates: one's own, the team's, or all (`app/models/row_visibility.py` is the wall)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import ApiKey, User
from app.models.permission import VIEW_ALL, VIEW_TEAM
from app.utils import scope
from app.utils.errors import Forbidden
from app.utils.scope import Visibility


def of_user(user_id: UUID, permissions: frozenset[str]) -> Visibility | None:
    """What a user of the bound tenant sees; None is all."""
    if VIEW_ALL in permissions:
        return None
    if VIEW_TEAM in permissions:
        return Visibility(owners=team_of(user_id), broadcast=True)
    return Visibility(owners=frozenset({user_id}), broadcast=True)


def of_key(key: ApiKey, permissions: frozenset[str]) -> Visibility | None:
    """What an API key of the bound tenant sees: all if it may, less where it is narrowed to teams or jobs."""
    jobs = frozenset(UUID(value) for value in key.job_ids) if key.job_ids else None
    if key.team_ids:
        return Visibility(below(UUID(value) for value in key.team_ids), jobs)
    owners: frozenset[UUID] | None = None if VIEW_ALL in permissions else frozenset()
    return None if owners is None and jobs is None else Visibility(owners, jobs)


def team_of(user_id: UUID) -> frozenset[UUID]:
    """The team of a user: the one who leads it and everybody below. Whoever has reports leads one."""
    managers, reports = _hierarchy()
    leader = user_id if reports[user_id] else managers.get(user_id) or user_id
    return below([leader])


def below(leaders: Iterable[UUID]) -> frozenset[UUID]:
    """These users and everybody below them."""
    _, reports = _hierarchy()
    found: set[UUID] = set()
    open_ends = list(leaders)
    while open_ends:
        current = open_ends.pop()
        if current not in found:
            found.add(current)
            open_ends += reports[current]
    return frozenset(found)


def check_owner(owner_id: UUID | None) -> None:
    """Forbidden where a candidate would leave the sight of the one who gives it an owner; who sees none may add."""
    visibility = scope.actor().visibility
    if visibility is not None and visibility.owners and owner_id not in visibility.owners:
        raise Forbidden("You would lose access to this candidate. Choose an owner from your team.", code="not_visible")


def require_all(subject: str) -> None:
    """Forbidden if the actor sees only a part of the records that `subject` covers."""
    if scope.actor().visibility is not None:
        raise Forbidden(f"{subject} includes records that are not visible to you.", code="not_visible")


def default_owner() -> UUID | None:
    """Who owns what the acting user adds without naming an owner: those who do not see all would lose it."""
    actor = scope.actor()
    return actor.id if actor.kind == "user" and actor.visibility is not None else None


def _hierarchy() -> tuple[dict[UUID, UUID | None], defaultdict[UUID, list[UUID]]]:
    """Each user's manager and each manager's reports; a plan allows 999 users at most."""
    managers = {user_id: manager_id for user_id, manager_id in db.session.execute(sa.select(User.id, User.manager_id))}
    reports: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for user_id, manager_id in managers.items():
        if manager_id is not None:
            reports[manager_id].append(user_id)
    return managers, reports
