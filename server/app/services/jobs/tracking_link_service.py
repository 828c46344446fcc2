"""Tracking links: which source an application came from."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, TrackingLink
from app.schemas.job_posting_schema import TrackingLinkCreate, TrackingLinkOut, TrackingLinkUpdate
from app.schemas.lists import Page
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils.text import name_key

MAX_LINKS = 1000


def list_all() -> Page[TrackingLinkOut]:
    """Return all links, each with the number of visible applications that came by it."""
    return listing.page_as(
        TrackingLinkOut, listing.single_page(db.session.execute(_counted().order_by(TrackingLink.key)))
    )


def by_token(token: str | None) -> TrackingLink | None:
    """Return the active link with this token, or None."""
    if not token:
        return None
    return db.session.scalars(
        sa.select(TrackingLink).where(TrackingLink.token == token[:20], TrackingLink.is_active)
    ).one_or_none()


@use_case
def create(new: TrackingLinkCreate) -> TrackingLinkOut:
    """Add a link."""
    rows.enforce_limit(MAX_LINKS, TrackingLink, f"A tenant can have {MAX_LINKS} tracking links", "too_many_links")
    link = TrackingLink(key=name_key(new.name), token=secrets.token_urlsafe(9), **new.model_dump())
    db.session.add(link)
    db.session.flush()  # the event needs the id
    event_service.record("tracking_link.created", link)
    return TrackingLinkOut.model_validate(db.session.execute(_counted().where(TrackingLink.id == link.id)).one())


@use_case
def update(link_id: UUID, changes: TrackingLinkUpdate) -> TrackingLinkOut:
    """Rename, deactivate or reactivate a link."""
    link = rows.lock_row(TrackingLink, link_id)
    values: dict[str, Any] = changes.model_dump(exclude_unset=True)
    if "name" in values:
        values["key"] = name_key(values["name"])
    event_service.record("tracking_link.updated", link, changed=rows.apply_changes(link, values))
    db.session.flush()
    return TrackingLinkOut.model_validate(db.session.execute(_counted().where(TrackingLink.id == link_id)).one())


def _counted() -> sa.Select[Any]:
    count = sa.select(sa.func.count()).where(Application.tracking_link_id == TrackingLink.id).scalar_subquery()
    return sa.select(
        TrackingLink.id,
        TrackingLink.name,
        TrackingLink.source,
        TrackingLink.token,
        TrackingLink.is_active,
        TrackingLink.created_at,
        count.label("application_count"),
    )
