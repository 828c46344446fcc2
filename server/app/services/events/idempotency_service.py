"""Idempotency keys: a repeated POST gets the first response. The key is stored in the transaction of the change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import IdempotencyKey
from app.services.core import rows
from app.services.core.column_writes import QueuedWrite
from app.services.core.transaction import mark_deleted, use_case
from app.utils import clock, scope
from app.utils.errors import DomainError, Invalid, Unavailable

KEPT_FOR = timedelta(hours=24)
ATTEMPTS = 3  # the work is repeated only after an expired key was deleted
KEYS = IdempotencyKey.__table__
KEEP = QueuedWrite(sa.insert(KEYS).inline())


@dataclass(frozen=True, slots=True)
class Answer:
    """The stored response to the client."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request with an idempotency key: the principal, the route, the key and a digest of the request."""

    principal_id: UUID
    route: str
    key: str
    fingerprint: str


def once(attempt: Attempt, answer: Callable[[], Answer]) -> tuple[Answer, bool]:
    """Run `answer` once per key; return the response and whether it is a replay.

    The key is inserted after the work, in the same transaction: a repeated request is rolled back if it hits the key,
    or if it fails because of the first one's changes, and then gets the stored response. Invalid if the key was used
    with a different request, Unavailable after ATTEMPTS collisions.
    """
    for _ in range(ATTEMPTS):
        try:
            return _first(attempt, answer), False
        except DomainError:
            # Either the key's own conflict, or a consequence of the first request, such as a taken email address.
            kept = db.session.scalars(sa.select(IdempotencyKey).where(*_where(attempt))).one_or_none()
            if kept is None:
                raise
            if kept.expires_at > clock.now():
                return _replay(kept, attempt), True
        _forget_expired(attempt)  # otherwise, the next attempt hits the same key
    raise Unavailable("Too many requests use this Idempotency-Key at the same time. Try again.")


@use_case
def _first(attempt: Attempt, answer: Callable[[], Answer]) -> Answer:
    done = answer()
    row = rows.new_row(
        principal_id=attempt.principal_id,
        route=attempt.route,
        key=attempt.key,
        fingerprint=attempt.fingerprint,
        status=done.status,
        headers=done.headers,
        body=done.body,
        expires_at=clock.now() + KEPT_FOR,
    )
    # Last: a parallel request waits on the unique key until this one commits, and is then rolled back.
    KEEP.send(row)
    return done


@use_case
def _forget_expired(attempt: Attempt) -> None:
    db.session.execute(sa.delete(IdempotencyKey).where(*_where(attempt), IdempotencyKey.expires_at <= clock.now()))
    mark_deleted()


def _where(attempt: Attempt) -> list[Any]:
    return [
        KEYS.c.tenant_id == scope.tenant_id(),
        KEYS.c.principal_id == attempt.principal_id,
        KEYS.c.route == attempt.route,
        KEYS.c.key == attempt.key,
    ]


def _replay(kept: IdempotencyKey, attempt: Attempt) -> Answer:
    if kept.fingerprint != attempt.fingerprint:
        raise Invalid("This Idempotency-Key was used with a different request.", code="idempotency_key_reused")
    # Nullable, because earlier releases wrote the key before the response.
    return Answer(kept.status or 200, kept.headers or {}, kept.body or b"")


@use_case
def purge_expired() -> int:
    """Delete the expired keys of all tenants and return their number."""
    result: Any = db.session.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.expires_at <= clock.now()))
    mark_deleted()
    return int(result.rowcount)
