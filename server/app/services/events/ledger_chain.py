"""The ledger's hash chain, without a database: hashing an event and verifying a chain.

An event's hash covers the previous event's hash and all of its own facts. A reason, which is free text, is covered by
a salted digest: an erasure can delete the text and the salt, and the chain stays valid.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

GENESIS = "0" * 64  # stands for the hash before the first event, as in `TenantCounter.head_hash`
# Without `candidate_id`, which is derived. A new fact would invalidate the hashes of all stored events.
FACTS = (
    "tenant_id",
    "seq",
    "type",
    "actor_kind",
    "actor_id",
    "subject_type",
    "subject_id",
    "data",
    "request_id",
    "previous_hash",
)
UUID_FACTS = ("tenant_id", "actor_id", "subject_id")
KEPT = (*FACTS, "reason", "reason_salt", "reason_digest", "occurred_at", "hash")


def hash_of(event: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the facts as sorted JSON; events older than reason digests hash the reason itself."""
    reason = event["reason_digest"] or event["reason"]
    facts = {name: event[name] for name in FACTS} | {"reason": reason, "occurred_at": event["occurred_at"].isoformat()}
    # Sorted, because JSONB does not preserve the order of keys in `data`.
    return hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()


def digest_of_reason(salt: str, reason: str) -> str:
    """Return the digest that represents a reason in the chain."""
    return hashlib.sha256(f"{salt}:{reason}".encode()).hexdigest()


def checkpoint_message(tenant_id: UUID, seq: int, hash: str, at: datetime) -> bytes:
    """Return the message that a checkpoint signs."""
    facts = {"tenant_id": tenant_id, "seq": seq, "hash": hash, "at": at.isoformat()}
    return orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)


@dataclass
class ChainChecker:
    """Verifies a chain from its first event on; `broken_at` is the first invalid `seq`."""

    seq: int = 0
    head: str = GENESIS
    broken_at: int | None = None

    def add(self, event: Mapping[str, Any]) -> bool:
        """Verify the next event; False, and `broken_at` is set, if it is invalid."""
        follows = event["seq"] == self.seq + 1 and event["previous_hash"] == self.head
        if not (follows and event["hash"] == hash_of(event) and _reason_holds(event)):
            self.broken_at = self.seq + 1
            return False
        self.seq, self.head = event["seq"], event["hash"]
        return True


def _reason_holds(event: Mapping[str, Any]) -> bool:
    """Return whether the reason matches its digest, or is erased, or is older than digests."""
    if event["reason_digest"] is None or event["reason"] is None:
        return True
    return bool(event["reason_digest"] == digest_of_reason(event["reason_salt"] or "", event["reason"]))


def to_line(event: Mapping[str, Any]) -> bytes:
    """Encode an event as a line of an export."""
    return orjson.dumps({"event": {name: event[name] for name in KEPT}}) + b"\n"


def from_line(event: dict[str, Any]) -> dict[str, Any]:
    """Decode an event of an export; KeyError, TypeError or ValueError if it is malformed."""
    read = {name: event[name] for name in KEPT}
    read |= {name: UUID(read[name]) if read[name] is not None else None for name in UUID_FACTS}
    return read | {"occurred_at": datetime.fromisoformat(read["occurred_at"])}
