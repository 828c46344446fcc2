"""The ledger's readers: change feed and audit trail."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field, WithJsonSchema

from app.schemas.common import (
    Line,
    Moment,
    Out,
    Query,
    ShortLine,
    UtcMoment,
)
from app.schemas.documented import NAMED, like
from app.schemas.lists import AnyOf, ListQuery

EventData = Annotated[dict[str, Any], WithJsonSchema({"type": "object", "additionalProperties": {NAMED: "JsonValue"}})]


class EventFilters(Query):
    """Filters of the change feed."""

    types: AnyOf[Annotated[ShortLine, like("EventType")]] | None = Field(None, description="Only events of these types")
    subject_type: Line | None = None
    subject_id: UUID | None = None


class EventQuery(EventFilters):
    """Position in the change feed."""

    after: int = Field(0, ge=0, le=2**62, description="The `seq` of the last event that you have read")
    limit: int = Field(50, ge=1, le=200)
    wait: int = Field(0, ge=0, le=25, description="Seconds to wait for an event if there is none")


class EventPosition(Out):
    """How far the change feed goes now."""

    seq: int = Field(description="The `seq` of the latest event, also of one that you may not see")


class StreamQuery(EventFilters):
    """Where the stream begins, unless the header `Last-Event-ID` says so: after a `seq`, or now."""

    after: int | None = Field(None, ge=0, le=2**62, description="The `seq` of the last event that you have read")


class ActivityQuery(ListQuery):
    """Filters for a candidate's activity."""

    type: Annotated[ShortLine, like("EventType")] | None = Field(
        None, description="Event type, such as `candidate.updated`"
    )


class AuditQuery(ListQuery):
    """Filters for the audit trail."""

    sorts: ClassVar[tuple[str, ...]] = ("seq",)

    sort: str = Field("-seq", max_length=60)
    actor_kind: Line | None = Field(
        None, description="user, api_key, candidate, rule, job, platform, cli, sandbox, system or database"
    )
    actor_id: UUID | None = None
    subject_type: Line | None = None
    subject_id: UUID | None = None
    type: Annotated[Line, like("EventType")] | None = None
    since: Moment | None = Field(None, alias="occurred_at[gte]")
    until: Moment | None = Field(None, alias="occurred_at[lt]")


class EventOut(Out):
    """An event in the ledger."""

    id: UUID
    seq: int
    type: Annotated[str, like("EventType")]
    actor_kind: str
    actor_id: UUID | None
    subject_type: str
    subject_id: UUID
    data: EventData
    reason: str | None
    request_id: str | None
    occurred_at: UtcMoment
    previous_hash: str
    hash: str


class ChainReport(Out):
    """The result of verifying the hash chain."""

    valid: bool
    events: int = Field(description="Number of events that passed verification")
    checkpoints: int = Field(description="Number of signed checkpoints that match the chain")
    broken_at: int | None = Field(description="The first `seq` that fails verification")


class CheckpointQuery(ListQuery):
    """Pagination and sorting of checkpoints."""

    sorts: ClassVar[tuple[str, ...]] = ("seq",)

    sort: str = Field("-seq", max_length=60)


class CheckpointOut(Out):
    """A signed record of the last event in the ledger at that time."""

    id: UUID
    seq: int
    hash: str
    key_id: str
    signature: str
    created_at: UtcMoment


class ExportReport(Out):
    """Whether an export is complete and unmodified."""

    valid: bool
    events: int
    checkpoints: int
    untrusted_checkpoints: int
    fault: str | None
