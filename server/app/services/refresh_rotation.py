"""Rotation of refresh tokens, for users and platform administrators alike.

A token that is used gives way to its child. Until the child is used itself, the parent answers with that same child
again: a second tab, or a client whose answer got lost, stays signed in, and there is never more than one live child.
Once the child is used the parent is old, and an old token ends the session (RFC 9700, 4.14.2), unless it came while
that was still under way: requests of several tabs overtake each other.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from uuid import UUID

from itsdangerous import BadSignature

from app.models.refresh_family import RefreshFamily
from app.utils import clock, tokens
from app.utils.signing import signer

REUSED = "refresh_token_reused"


class TokenReused(Exception):
    """A token came back whose child has been used: somebody else holds it too."""


def first(purpose: str, session_id: UUID) -> str:
    """The token of a new session. It is signed: nobody who never held one can end a session by sending nonsense."""
    return _sign(purpose, session_id, tokens.new_secret())


def session_of(purpose: str, token: str | None) -> UUID | None:
    """The session that a token names; None for a token that we never issued, or spelled in another way."""
    try:
        payload = signer.read(purpose, token or "")
    except BadSignature:
        return None
    return UUID(payload[0]) if signer.sign(purpose, payload) == token else None


def rotate(purpose: str, session_id: UUID, family: RefreshFamily, token: str, came_at: datetime) -> tuple[str, bool]:
    """The live token after `token` was presented, and whether it is a new one; the row must be locked.

    `came_at` is when the request was taken up. Raises TokenReused for a token that was old already by then.
    """

    def child(seed: str | None, parent: str) -> str:
        return _sign(purpose, session_id, tokens.digest(f"{seed}:{parent}"))

    presented = tokens.digest(token)
    if hmac.compare_digest(family.token_hash, presented):
        family.older_hash, family.older_seed = family.previous_hash, family.child_seed
        family.previous_hash, family.child_seed = presented, tokens.new_secret()
        live = child(family.child_seed, token)
        family.token_hash, family.rotated_at = tokens.digest(live), clock.now()
        return live, True
    if hmac.compare_digest(family.previous_hash or "", presented):
        return child(family.child_seed, token), False
    if hmac.compare_digest(family.older_hash or "", presented) and came_at < family.rotated_at:
        return child(family.child_seed, child(family.older_seed, token)), False
    raise TokenReused


def _sign(purpose: str, session_id: UUID, secret: str) -> str:
    return signer.sign(purpose, [str(session_id), secret])
