"""Rotation of refresh tokens, for users and platform administrators alike.

A token that is used gives way to its child. Until the child is used itself, the parent answers with that same child
again: a second tab, or a client whose answer got lost, stays signed in, and there is never more than one live child.
Once the child
is used the parent is old, and an old token ends the session (RFC 9700, 4.14.2), unless it had arrived before its child
was used: requests of several tabs overtake each other on a busy server.
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
UNDER_WAY = timedelta(minutes=1)  # for which a request may wait for its turn
MOST_OVERTAKEN = 8  # tabs that refresh at once


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

    `came_at` is when the request had arrived. Raises TokenReused for a token that was old already by then.
    """

    def descend(seeds: Iterable[str | None]) -> str:
        return reduce(lambda parent, seed: _child(purpose, session_id, seed, parent), seeds, token)

    presented = tokens.digest(token)
    if hmac.compare_digest(family.token_hash, presented):
        _give_way(family, presented)
        live = descend([family.child_seed])
        family.token_hash = tokens.digest(live)
        return live, True
    if hmac.compare_digest(family.previous_hash or "", presented):
        return descend([family.child_seed]), False
    for place, each in enumerate(family.overtaken):
        if hmac.compare_digest(each["hash"], presented) and came_at < datetime.fromisoformat(each["used_at"]):
            since = [later["seed"] for later in family.overtaken[: place + 1]]
            return descend([*reversed(since), family.child_seed]), False
    raise TokenReused


def _give_way(family: RefreshFamily, presented: str) -> None:
    """The live token becomes the parent; the parent before it counts only for requests that are under way."""
    now = clock.now()
    if family.previous_hash is not None:
        parent = {"hash": family.previous_hash, "seed": family.child_seed, "used_at": now.isoformat()}
        recent = [each for each in family.overtaken if datetime.fromisoformat(each["used_at"]) > now - UNDER_WAY]
        family.overtaken = [parent, *recent[: MOST_OVERTAKEN - 1]]
    family.previous_hash, family.child_seed, family.rotated_at = presented, tokens.new_secret(), now


def _child(purpose: str, session_id: UUID, seed: str | None, parent: str) -> str:
    return _sign(purpose, session_id, tokens.digest(f"{seed}:{parent}"))


def _sign(purpose: str, session_id: UUID, secret: str) -> str:
    return signer.sign(purpose, [str(session_id), secret])
