"""API keys: creation, restrictions, rotation and revocation. Only users manage them, not API keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import ApiKey, Job, User
from app.schemas.api_key_schema import ApiKeyCreate, ApiKeyOut, ApiKeyQuery, ApiKeyRotation, ApiKeySecret, ApiKeyUpdate
from app.schemas.lists import Page
from app.services.access import principal_service, role_service, visibility_service
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils import api_key_codec, clock, ids, scope
from app.utils.api_key_codec import NewKey
from app.utils.errors import Conflict, Forbidden, NotFound


def get(key_id: UUID) -> ApiKey:
    """Return an API key; NotFound if there is none."""
    return rows.get(ApiKey, key_id)


def list_keys(query: ApiKeyQuery) -> Page[ApiKey]:
    """List the API keys of the tenant, including revoked ones."""
    statement = sa.select(ApiKey)
    if query.revoked is not None:
        statement = statement.where(ApiKey.revoked_at.is_not(None) == query.revoked)
    return listing.paginate(statement, ApiKey, query)


@use_case
def create(new: ApiKeyCreate) -> ApiKeySecret:
    """Create an API key. Its secret is only in the response and is not stored.

    Forbidden if the actor lacks one of its permissions or does not see one of its teams.
    """
    role_service.check_held(new.permissions)
    _check_jobs(new.job_ids)
    _check_teams(new.team_ids)
    key_id = ids.new_id()  # generated here, because the secret contains it
    made = api_key_codec.make(scope.tenant_id(), key_id)
    key = ApiKey(
        id=key_id,
        name=new.name,
        hint=made.hint,
        digest=made.digest,
        permissions=new.permissions,
        job_ids=_texts(new.job_ids),
        team_ids=_texts(new.team_ids),
        expires_at=clock.now() + timedelta(days=new.expires_in_days),
    )
    db.session.add(key)
    db.session.flush()  # the event needs the row
    event_service.record("api_key.created", key, permissions=key.permissions, jobs=key.job_ids, teams=key.team_ids)
    return _shown_once(key, made)


@use_case
def update(key_id: UUID, changes: ApiKeyUpdate, if_match: int | None) -> ApiKey:
    """Change the name or permissions; effective from the next request on."""
    key = _lock(key_id, if_match)
    values = changes.model_dump(exclude_unset=True)
    role_service.check_held(values.get("permissions", key.permissions))
    changed = rows.apply_changes(key, values)
    event_service.record("api_key.updated", key, changed=changed, permissions=key.permissions)
    principal_service.invalidate(key)
    return key


@use_case
def rotate(key_id: UUID, rotation: ApiKeyRotation) -> ApiKeySecret:
    """Return a new secret. The current one stays valid for the overlap; an earlier one ends now."""
    key = _lock(key_id)
    # The response contains a working secret, so the actor must hold what it allows and see what it shows.
    role_service.check_held(key.permissions)
    _check_visible(UUID(value) for value in key.team_ids or [])
    made = api_key_codec.make(scope.tenant_id(), key_id)
    # Both secrets work during the overlap, so that an integration can change over without an outage.
    key.previous_digest, key.previous_ends_at = key.digest, clock.now() + timedelta(hours=rotation.overlap_hours)
    key.digest, key.hint = made.digest, made.hint
    event_service.record("api_key.rotated", key, overlap_hours=rotation.overlap_hours)
    principal_service.invalidate(key)
    return _shown_once(key, made)


@use_case
def revoke(key_id: UUID) -> None:
    """Revoke an API key immediately; its row stays, because the ledger refers to it."""
    key = _lock(key_id)
    key.revoked_at = clock.now()
    key.previous_digest = key.previous_ends_at = None
    event_service.record("api_key.revoked", key)
    principal_service.invalidate(key)


def _lock(key_id: UUID, if_match: int | None = None) -> ApiKey:
    key = rows.lock_for_update(ApiKey, key_id, if_match)
    if key.revoked_at is not None:
        raise Conflict("This API key is revoked.", code="api_key_revoked")
    return key


def _shown_once(key: ApiKey, made: NewKey) -> ApiKeySecret:
    return ApiKeySecret.model_validate({**ApiKeyOut.model_validate(key).model_dump(), "secret": made.secret})


def _check_jobs(job_ids: list[UUID] | None) -> None:
    found = set(db.session.scalars(sa.select(Job.id).where(Job.id.in_(job_ids or []))))
    if set(job_ids or []) - found:
        raise NotFound("Some of these jobs do not exist.", code="reference_missing")


def _check_teams(team_ids: list[UUID] | None) -> None:
    """NotFound if a user does not exist; Forbidden if the key would see more than the actor does."""
    found = set(db.session.scalars(sa.select(User.id).where(User.id.in_(team_ids or []))))
    if set(team_ids or []) - found:
        raise NotFound("Some of these users do not exist.", code="reference_missing")
    _check_visible(team_ids or [])


def _check_visible(team_ids: Iterable[UUID]) -> None:
    """Forbidden if the teams have candidates that the actor does not see."""
    visibility = scope.actor().visibility
    if (
        visibility is not None
        and visibility.owners is not None
        and not visibility_service.below(team_ids) <= visibility.owners
    ):
        raise Forbidden("Some of these teams are not visible to you.", code="not_visible")


def _texts(values: list[UUID] | None) -> list[str] | None:
    return sorted({str(value) for value in values}) if values else None  # text, since JSON has no UUIDs
