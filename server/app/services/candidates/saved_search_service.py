"""Saved searches and email alerts about new hits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import ValidationError

from app.extensions import db
from app.models import SavedSearch, User
from app.models.notification import NotificationKind
from app.models.saved_search import AlertPeriod
from app.schemas.lists import Page
from app.schemas.saved_search_schema import SavedSearchCreate, SavedSearchQuery, SavedSearchUpdate, SearchParameters
from app.services.access import principal_service, shared_rows
from app.services.candidates import candidate_search_service
from app.services.core import active_tenants, listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About
from app.services.search import candidate_filters
from app.utils import clock, scope
from app.utils.addresses import addresses
from app.utils.errors import DomainError

# Due an hour early, since alerts are sent hourly: the next one comes within a day, or a week, of the last.
PERIODS = {AlertPeriod.DAILY: timedelta(hours=23), AlertPeriod.WEEKLY: timedelta(days=6, hours=23)}
COUNTED = 100  # the mail says "100+"


def list_own(user_id: UUID, query: SavedSearchQuery) -> Page[SavedSearch]:
    """List the user's saved searches and those shared by others."""
    return listing.paginate(
        sa.select(SavedSearch).where(shared_rows.readable(SavedSearch, user_id)), SavedSearch, query
    )


def get(user_id: UUID, search_id: UUID) -> SavedSearch:
    """Return a saved search; NotFound unless it is the user's own or shared."""
    return shared_rows.get(SavedSearch, user_id, search_id)


@use_case
def create(user_id: UUID, new: SavedSearchCreate) -> SavedSearch:
    """Save a search; existing candidates do not count as new hits."""
    search = SavedSearch(
        **new.model_dump(exclude={"query"}), query=_stored(new.query), user_id=user_id, alerted_at=clock.now()
    )
    db.session.add(search)
    db.session.flush()  # the event needs the id
    event_service.record("saved_search.created", search)
    return search


@use_case
def update(user_id: UUID, search_id: UUID, changes: SavedSearchUpdate, if_match: int | None) -> SavedSearch:
    """Change a saved search; Forbidden if it belongs to another user."""
    search = shared_rows.lock_own(SavedSearch, user_id, search_id, if_match)
    values: dict[str, Any] = changes.model_dump(exclude_unset=True, exclude={"query"})
    if changes.query is not None:
        values["query"] = _stored(changes.query)
    if changes.alert is not None and search.alert == AlertPeriod.NEVER:
        values["alerted_at"] = clock.now()  # existing candidates are not new hits
    event_service.record("saved_search.updated", search, changed=rows.apply_changes(search, values))
    return search


@use_case
def delete(user_id: UUID, search_id: UUID) -> None:
    """Delete a saved search; Forbidden if it belongs to another user."""
    search = shared_rows.lock_own(SavedSearch, user_id, search_id)
    event_service.record("saved_search.deleted", search)
    db.session.delete(search)


def tenants_with_alerts() -> list[str]:
    """Return the tenants with a due alert, as text; in the platform's scope."""
    return active_tenants.having(SavedSearch, _due())


def due_alerts() -> list[str]:
    """Return the ids of the bound tenant's searches with a due alert, as text."""
    return [
        str(search_id)
        for search_id in db.session.scalars(sa.select(SavedSearch.id).where(_due()).order_by(SavedSearch.id))
    ]


def alert_due() -> int:
    """Send all due alerts of the bound tenant; return the number of hits."""
    return sum(alert(search_id) for search_id in due_alerts())


def alert(search_id: str) -> int:
    """Email the owner of a search about its new hits, with the owner's visibility; return the number of hits."""
    search = db.session.get(SavedSearch, UUID(search_id))
    if search is None:
        return 0
    # `until` is taken before the search: whoever is created during it is a new hit of the next alert.
    actor, since, until = principal_service.actor_of(search.user_id), search.alerted_at, clock.now()
    query, hits = dict(search.query), 0
    if actor is not None:
        with scope.tenant(scope.tenant_id(), actor):
            hits = _count(query, since)
    # Also without hits or an active owner; otherwise, the search would be due again at each run.
    _notify(UUID(search_id), hits, since, until)
    return hits


def _count(query: dict[str, Any], since: datetime) -> int:
    try:
        parameters = SearchParameters.model_validate({**query, "created_at_gt": since})
        return len(candidate_search_service.matching(parameters, parameters.q, COUNTED))
    except (DomainError, ValidationError):  # the query language or permissions have changed since it was saved
        return 0


@use_case
def _notify(search_id: UUID, hits: int, since: datetime, until: datetime) -> None:
    # `populate_existing`, because the session still has the row as it was before the search.
    search = db.session.get(SavedSearch, search_id, with_for_update=True, populate_existing=True)
    if search is None or search.alerted_at != since:  # deleted, or another run was faster
        return
    search.alerted_at = until
    if hits:
        user = rows.get(User, search.user_id)
        link = f"{addresses.app}/candidates?saved_search={search.id}"
        count = f"{hits}+" if hits == COUNTED else str(hits)
        context, key = {
            "search": search.name,
            "count": count,
            "link": link,
        }, f"search_alert:{search.id}:{until.isoformat()}"
        notification_service.notify(user, NotificationKind.SEARCH_ALERT, key, context, About(search))


def _due() -> Any:
    now = clock.now()
    return sa.or_(
        *(
            sa.and_(SavedSearch.alert == period, SavedSearch.alerted_at <= now - length)
            for period, length in PERIODS.items()
        )
    )


def _stored(query: SearchParameters) -> dict[str, Any]:
    """Return the parameters as they are stored; BadRequest or Forbidden if they are not a valid search."""
    # Both are called only for the errors that they raise.
    candidate_filters.tree(query.q, query)
    candidate_filters.values(query)
    return query.model_dump(mode="json", exclude_none=True)
