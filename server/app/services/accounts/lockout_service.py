"""Lockout: failed sign-ins per account. Unknown accounts are counted too, so that they cannot be told apart."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.extensions import db
from app.models import LoginAttempt
from app.models.login_attempt import LOCK_MINUTES, MAX_FAILURES
from app.services.core import upsert
from app.services.core.transaction import mark_deleted, use_case
from app.utils import clock, ids, tokens

ATTEMPTS_KEPT = timedelta(days=1)  # so that occasional typos do not add up to a lock


def account(realm: str, email: str) -> str:
    """Return the digest that identifies an account: its address within a tenant or the platform."""
    return tokens.digest(f"{realm}:{email}")


def is_locked(account: str) -> bool:
    """Return whether the account is locked after failed sign-ins."""
    attempt = db.session.scalars(sa.select(LoginAttempt).where(LoginAttempt.account == account)).one_or_none()
    return attempt is not None and attempt.locked_until is not None and attempt.locked_until > clock.now()


@use_case
def note_failure(account: str) -> None:
    """Count a failed sign-in of an account, known or not; every MAX_FAILURES of them lock it for LOCK_MINUTES."""
    now = clock.now()
    # The insert bypasses the ORM and its defaults; `rows.new_row` is for rows of tenants.
    row = {
        "id": ids.new_id(),
        "account": account,
        "failures": 1,
        "created_at": now,
        "updated_at": now,
    }
    count = upsert.insert(LoginAttempt.__table__).values(row)
    # Added in SQL, so that none of several parallel guesses is lost.
    more = {"failures": LoginAttempt.failures + 1, "updated_at": now}
    count = count.on_conflict_do_update(index_elements=["account"], set_=more)
    failures = db.session.scalar(count.returning(LoginAttempt.__table__.c.failures)) or 0
    # Not only at the first MAX_FAILURES: guessing on during the lock extends it.
    if failures % MAX_FAILURES == 0:
        lock = {"locked_until": now + timedelta(minutes=LOCK_MINUTES)}
        db.session.execute(sa.update(LoginAttempt).where(LoginAttempt.account == account).values(lock))


@use_case
def forget_failures(account: str) -> None:
    """Unlock an account whose owner has proved to own it."""
    db.session.execute(sa.delete(LoginAttempt).where(LoginAttempt.account == account))


@use_case
def purge_attempts() -> None:
    """Delete counts without a failure for a day."""
    db.session.execute(sa.delete(LoginAttempt).where(LoginAttempt.updated_at <= clock.now() - ATTEMPTS_KEPT))
    mark_deleted()
