"""Rotation of refresh tokens, for users and platform administrators alike.

A used token is replaced by its child. Until the child is used, the parent returns the same child again: a second tab,
or a client that lost the response, stays signed in, and there is never more than one live child. Once the child is
used, the parent is old. An old token ends the session (RFC 9700, 4.14.2), unless its request arrived before the child
was used: requests of several tabs can overtake each other on a busy server.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import reduce
from uuid import UUID

from itsdangerous import BadSignature

from app.models.refresh_family import RefreshFamily
from app.utils import clock, tokens
from app.utils.signing import signer

REUSED = "refresh_token_reused"
UNDER_WAY = timedelta(minutes=1)  # how long a request may wait to be processed
MOST_OVERTAKEN = 8  # tabs that refresh at the same time


class TokenReused(Exception):
    """A token was used again after its child: someone else has a copy."""


def first(purpose: str, session_id: UUID) -> str:
    """Return the first token of a session. Tokens are signed, so that a made-up one cannot end a session."""
    return _sign(purpose, session_id, tokens.new_secret())


def session_of(purpose: str, token: str | None) -> UUID | None:
    """Return the session of a token; None if we did not issue it in exactly this form."""
    try:
        payload = signer.read(purpose, token or "")
    except BadSignature:
        return None
    # Base64 has several spellings of the same bytes. Another spelling has another digest, and would pass for a reused
    # token that ends the session.
    return UUID(payload[0]) if signer.sign(purpose, payload) == token else None


def rotate(purpose: str, session_id: UUID, family: RefreshFamily, token: str, came_at: datetime) -> tuple[str, bool]:
    """Return the live token after `token` was presented, and whether it is new; the row must be locked.

    `came_at` is when the request arrived; TokenReused if the token was already old by then.
    """

    def descend(seeds: Iterable[str | None]) -> str:
        return reduce(lambda parent, seed: _child(purpose, session_id, seed, parent), seeds, token)

    presented = tokens.digest(token)
    if hmac.compare_digest(family.token_hash, presented):
        _give_way(family, presented)  # draws the seed of the next child
        live = descend([family.child_seed])
        family.token_hash = tokens.digest(live)
        return live, True
    if hmac.compare_digest(family.previous_hash or "", presented):
        return descend([family.child_seed]), False
    for place, each in enumerate(family.overtaken):
        if hmac.compare_digest(each["hash"], presented) and came_at < datetime.fromisoformat(each["used_at"]):
            # The seeds from this ancestor down to the parent, oldest first, then the one of the live token.
            since = [later["seed"] for later in family.overtaken[: place + 1]]
            return descend([*reversed(since), family.child_seed]), False
    raise TokenReused


def _give_way(family: RefreshFamily, presented: str) -> None:
    """Make the live token the parent; the previous parent remains valid only for requests in progress."""
    now = clock.now()
    if family.previous_hash is not None:  # not at the first rotation
        parent = {"hash": family.previous_hash, "seed": family.child_seed, "used_at": now.isoformat()}
        recent = [each for each in family.overtaken if datetime.fromisoformat(each["used_at"]) > now - UNDER_WAY]
        family.overtaken = [parent, *recent[: MOST_OVERTAKEN - 1]]
    family.previous_hash, family.child_seed, family.rotated_at = presented, tokens.new_secret(), now


def _child(purpose: str, session_id: UUID, seed: str | None, parent: str) -> str:
    return _sign(purpose, session_id, tokens.digest(f"{seed}:{parent}"))


def _sign(purpose: str, session_id: UUID, secret: str) -> str:
    return signer.sign(purpose, [str(session_id), secret])
