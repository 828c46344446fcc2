"""Lockout: failed sign-ins counted per account, known or not, so that neither can be told apart."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.extensions import db
from app.models import LoginAttempt
from app.models.login_attempt import LOCK_MINUTES, MAX_FAILURES
from app.services.core import upsert
from app.services.core.transaction import mark_deleted, use_case
from app.utils import clock, ids, tokens

ATTEMPTS_KEPT = timedelta(days=1)


def account(realm: str, email: str) -> str:
    """What failures are counted for: the address in its tenant, or on the platform; kept as a digest."""
    return tokens.digest(f"{realm}:{email}")


def is_locked(account: str) -> bool:
    """Whether the account has failed so often that it has to wait."""
    attempt = db.session.scalars(sa.select(LoginAttempt).where(LoginAttempt.account == account)).one_or_none()
    return attempt is not None and attempt.locked_until is not None and attempt.locked_until > clock.now()


@use_case
def note_failure(account: str) -> None:
    """Count a failure for an account, known or not; the fifth locks it."""
    now = clock.now()
    row = {
        "id": ids.new_id(),
        "account": account,
        "failures": 1,
        "created_at": now,
        "updated_at": now,
    }
    count = upsert.insert(LoginAttempt.__table__).values(row)
    more = {"failures": LoginAttempt.failures + 1, "updated_at": now}
    count = count.on_conflict_do_update(index_elements=["account"], set_=more)
    failures = db.session.scalar(count.returning(LoginAttempt.__table__.c.failures)) or 0
    if failures % MAX_FAILURES == 0:
        lock = {"locked_until": now + timedelta(minutes=LOCK_MINUTES)}
        db.session.execute(sa.update(LoginAttempt).where(LoginAttempt.account == account).values(lock))


@use_case
def forget_failures(account: str) -> None:
    """Lift the lock of an account, which its owner has shown to be theirs."""
    db.session.execute(sa.delete(LoginAttempt).where(LoginAttempt.account == account))


@use_case
def purge_attempts() -> None:
    """Forget the failure counts of a day ago."""
    db.session.execute(sa.delete(LoginAttempt).where(LoginAttempt.updated_at <= clock.now() - ATTEMPTS_KEPT))
    mark_deleted()
