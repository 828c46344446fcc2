"""Account links: single-use links in emails that give access to an account.

A link is created when the email is sent and is not stored. It is signed and bound to the values that its use changes,
so that a used link is rejected like a forged one (OWASP, Forgot Password Cheat Sheet: single use, short-lived, no
secret at rest).
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
    """What a link is for: the path of its page."""

    INVITATION = "accept-invitation"
    PASSWORD_RESET = "reset-password"
    EMAIL_VERIFICATION = "verify-email"


LIFE_HOURS = {Purpose.INVITATION: 168, Purpose.PASSWORD_RESET: 1, Purpose.EMAIL_VERIFICATION: 72}


def link_context(purpose: Purpose, user: User) -> dict[str, Any]:
    """Return the part of an email's context that becomes `link` and `hours` when the email is sent."""
    return {CONTEXT_KEY: {"purpose": purpose.value, "user_id": str(user.id)}}


def fill(context: dict[str, Any]) -> dict[str, Any]:
    """Add the link to an email's context if it has a `link_context`."""
    promised = context.get(CONTEXT_KEY)
    if promised is None:
        return context
    purpose = Purpose(promised["purpose"])
    user = rows.get(User, UUID(promised["user_id"]))
    # In the fragment, which browsers do not send: it appears in no server's log and no Referer header.
    return {**context, "link": f"{addresses.app}/{purpose}#token={make(purpose, user)}", "hours": LIFE_HOURS[purpose]}


def make(purpose: Purpose, user: User) -> str:
    """Return a token for the account in its current state."""
    return signer.sign_timed(purpose, [str(user.tenant_id), str(user.id), _fingerprint(purpose, user)])


def tenant_of(purpose: Purpose, token: str) -> UUID:
    """Return the tenant of a token; NotFound if it is forged or expired."""
    return UUID(_read(purpose, token)[0])


def user_of(purpose: Purpose, token: str) -> User:
    """Return the user of an unused token, in the scope of its tenant; NotFound if it is invalid, expired or used."""
    return _user_of(purpose, token, sa.select(User))


def lock_user(purpose: Purpose, token: str) -> User:
    """Like `user_of`, with the row locked. Inside a use case."""
    return _user_of(purpose, token, sa.select(User).with_for_update().execution_options(populate_existing=True))


def _user_of(purpose: Purpose, token: str, statement: sa.Select[User]) -> User:
    _, user_id, fingerprint = _read(purpose, token)
    user = db.session.scalars(statement.where(User.id == UUID(user_id))).one_or_none()
    if user is None or user.tenant_id != scope.tenant_id() or _fingerprint(purpose, user) != fingerprint:
        raise NotFound("The link is invalid or has expired.")
    return user


def _read(purpose: Purpose, token: str) -> list[str]:
    # The purpose is the salt, so that a token for one page is invalid at another.
    facts: list[str] = signer.read_timed(purpose, token, LIFE_HOURS[purpose] * HOUR)
    return facts


def _fingerprint(purpose: Purpose, user: User) -> str:
    """Digest the values that change once the link is used or a newer one is requested."""
    facts = [user.email, user.password_hash, user.status, user.invited_at, user.email_verified_at]
    # A request for a reset invalidates earlier reset links, but not an open invitation or verification.
    if purpose is Purpose.PASSWORD_RESET and user.reset_asked_at is not None:
        facts.append(user.reset_asked_at)
    return tokens.digest("|".join(str(fact) for fact in facts))[:32]
