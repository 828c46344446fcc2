"""The ledger's readers: change feed and audit trail."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from app.schemas.common import Line, ListQuery, Moment, Out, Query, ShortLine, UtcMoment


class EventQuery(Query):
    """Where to go on reading the feed."""

    after: int = Field(0, ge=0, le=2**62, description="The last `seq` already seen")
    limit: int = Field(50, ge=1, le=200)


class ActivityQuery(ListQuery):
    """Filters of a candidate's activity."""

    type: ShortLine | None = Field(None, description="Like candidate.updated")


class AuditQuery(ListQuery):
    """Filters of the audit trail."""

    sorts: ClassVar[tuple[str, ...]] = ("seq",)

    sort: str = Field("-seq", max_length=60)
    actor_kind: Line | None = Field(None, description="user, api_key, job, platform or cli")
    actor_id: UUID | None = None
    subject_type: Line | None = None
    subject_id: UUID | None = None
    type: Line | None = None
    since: Moment | None = Field(None, alias="occurred_at[gte]")
    until: Moment | None = Field(None, alias="occurred_at[lt]")


class EventOut(Out):
    """Something that happened."""

    id: UUID
    seq: int
    type: str
    actor_kind: str
    actor_id: UUID | None
    subject_type: str
    subject_id: UUID
    data: dict[str, Any]
    reason: str | None
    request_id: str | None
    occurred_at: UtcMoment
    previous_hash: str
    hash: str


class ChainReport(Out):
    """Whether the chain of hashes is whole."""

    valid: bool
    events: int = Field(description="Events that were checked and hold")
    checkpoints: int = Field(description="Signed checkpoints that fit the chain")
    broken_at: int | None = Field(description="The first `seq` that does not hold")


class CheckpointQuery(ListQuery):
    """Paging of the checkpoints."""

    sorts: ClassVar[tuple[str, ...]] = ("seq",)

    sort: str = Field("-seq", max_length=60)


class CheckpointOut(Out):
    """A signed note of how far the ledger had come."""

    id: UUID
    seq: int
    hash: str
    key_id: str
    signature: str
    created_at: UtcMoment


class ExportReport(Out):
    """Whether an export is whole and unchanged."""

    valid: bool
    events: int
    checkpoints: int
    untrusted_checkpoints: int
    fault: str | None
