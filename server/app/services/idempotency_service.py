"""A repeated POST gets the first answer: the key is written in the transaction of the effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import IdempotencyKey
from app.services import upsert
from app.services.transaction import mark_deleted, use_case
from app.utils import clock, ids, scope
from app.utils.errors import Invalid

KEPT_FOR = timedelta(hours=24)
KEYS = IdempotencyKey.__table__


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the client, as it is kept."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request under a key: who, where, which key, and a digest of what was sent."""

    principal_id: UUID
    route: str
    key: str
    fingerprint: str


@use_case
def once(attempt: Attempt, answer: Callable[[], Answer]) -> tuple[Answer, bool]:
    """Do the work of `answer` unless it was done under this key; True says that it was."""
    if not _claim(attempt):
        kept = db.session.scalars(_select(attempt)).one_or_none()
        if kept is not None and kept.expires_at > clock.now():
            return _replay(kept, attempt), True
        db.session.execute(sa.delete(KEYS).where(*_where(attempt)))
        _claim(attempt)
    done = answer()
    values = {"status": done.status, "headers": done.headers, "body": done.body}
    db.session.execute(sa.update(KEYS).where(*_where(attempt)).values(values))
    return done, False


def _claim(attempt: Attempt) -> bool:
    row = {
        "id": ids.new_id(),
        "tenant_id": scope.tenant_id(),
        "principal_id": attempt.principal_id,
        "route": attempt.route,
        "key": attempt.key,
        "fingerprint": attempt.fingerprint,
        "expires_at": clock.now() + KEPT_FOR,
    }
    claim = upsert.insert(KEYS).values(row).on_conflict_do_nothing()
    return db.session.scalar(claim.returning(KEYS.c.id)) is not None


def _where(attempt: Attempt) -> list[Any]:
    return [
        KEYS.c.tenant_id == scope.tenant_id(),
        KEYS.c.principal_id == attempt.principal_id,
        KEYS.c.route == attempt.route,
        KEYS.c.key == attempt.key,
    ]


def _select(attempt: Attempt) -> sa.Select[Any]:
    return sa.select(IdempotencyKey).where(*_where(attempt))


def _replay(kept: IdempotencyKey, attempt: Attempt) -> Answer:
    if kept.fingerprint != attempt.fingerprint:
        raise Invalid("This Idempotency-Key was used with another payload.", code="idempotency_key_reused")
    return Answer(kept.status or 200, kept.headers or {}, kept.body or b"")


@use_case
def purge_expired() -> int:
    """Forget the keys whose time is over, of all tenants; how many they were."""
    result: Any = db.session.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.expires_at <= clock.now()))
    mark_deleted()
    return int(result.rowcount)
