"""Links that let a person into an account: made when the mail leaves, kept nowhere, good for one use.

A link is signed and bound to what its use changes, so that a used one is refused like a forged one
(OWASP, Forgot Password Cheat Sheet: single use, short-lived, no secret at rest).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import User
from app.services.core import rows
from app.utils import scope, tokens
from app.utils.addresses import addresses
from app.utils.errors import NotFound
from app.utils.signing import signer

CONTEXT_KEY = "account_link"
HOUR = 3600


class Purpose(StrEnum):
    """What a link is good for."""

    INVITATION = "accept-invitation"
    PASSWORD_RESET = "reset-password"
    EMAIL_VERIFICATION = "verify-email"


LIFE_HOURS = {Purpose.INVITATION: 168, Purpose.PASSWORD_RESET: 1, Purpose.EMAIL_VERIFICATION: 72}


def link_context(purpose: Purpose, user: User) -> dict[str, Any]:
    """The part of a mail's context that becomes `link` and `hours` when the mail leaves."""
    return {CONTEXT_KEY: {"purpose": purpose.value, "user_id": str(user.id)}}


def fill(context: dict[str, Any]) -> dict[str, Any]:
    """The context of a mail with its link, where it promises one."""
    promised = context.get(CONTEXT_KEY)
    if promised is None:
        return context
    purpose = Purpose(promised["purpose"])
    user = rows.get(User, UUID(promised["user_id"]))
    return {**context, "link": f"{addresses.app}/{purpose}#token={make(purpose, user)}", "hours": LIFE_HOURS[purpose]}


def make(purpose: Purpose, user: User) -> str:
    """A token for the account as it is now."""
    return signer.sign_timed(purpose, [str(user.tenant_id), str(user.id), _fingerprint(purpose, user)])


def tenant_of(purpose: Purpose, token: str) -> UUID:
    """The tenant that a token speaks of; NotFound where we did not make it or its time is over."""
    return UUID(_read(purpose, token)[0])


def user_of(purpose: Purpose, token: str) -> User:
    """The account of an unused token, in the scope of its tenant; NotFound otherwise."""
    return _user_of(purpose, token, sa.select(User))


def lock_user(purpose: Purpose, token: str) -> User:
    """The same under a lock, in a use case."""
    return _user_of(purpose, token, sa.select(User).with_for_update().execution_options(populate_existing=True))


def _user_of(purpose: Purpose, token: str, statement: sa.Select[User]) -> User:
    _, user_id, fingerprint = _read(purpose, token)
    user = db.session.scalars(statement.where(User.id == UUID(user_id))).one_or_none()
    if user is None or user.tenant_id != scope.tenant_id() or _fingerprint(purpose, user) != fingerprint:
        raise NotFound("The link is invalid or has expired.")
    return user


def _read(purpose: Purpose, token: str) -> list[str]:
    facts: list[str] = signer.read_timed(purpose, token, LIFE_HOURS[purpose] * HOUR)
    return facts


def _fingerprint(purpose: Purpose, user: User) -> str:
    """Differs once the link is used, or a newer one was asked for: each purpose changes one of these."""
    facts = [user.email, user.password_hash, user.status, user.invited_at, user.email_verified_at]
    if purpose is Purpose.PASSWORD_RESET and user.reset_asked_at is not None:
        facts.append(user.reset_asked_at)
    return tokens.digest("|".join(str(fact) for fact in facts))[:32]
