"""The ledger: a gap-free log of events per tenant, in which each event contains the hash of the previous one."""

from __future__ import annotations

import secrets
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from app.extensions import db
from app.models import Event, TenantCounter
from app.schemas.event_schema import ActivityQuery, AuditQuery, ChainReport, EventPosition, EventQuery
from app.schemas.lists import Page
from app.services.core import listing, rows, transaction
from app.services.core.column_writes import QueuedWrite
from app.services.core.transaction import UnitOfWork, unit
from app.services.events import event_visibility, ledger_chain, ledger_checkpoint_service
from app.services.events.ledger_chain import ChainChecker
from app.utils import clock, scope
from app.utils.errors import LimitReached
from app.utils.scope import Actor
from app.utils.stream_hub import stream_hub

AUDIT_ONLY = ("auth_sessions", "users", "roles", "tenants")  # hidden in the feed without audit.read
LIMITED = ("users", "candidates", "storage_bytes")  # resources that a plan limits
USED = (*LIMITED, "jobs")  # no plan limits jobs

COUNTERS = TenantCounter.__table__
# Without a join, whose rows would come from the snapshot of before the wait for the lock (decision 0009).
LOCK = sa.select(COUNTERS).where(COUNTERS.c.tenant_id == sa.bindparam("tenant_id")).with_for_update()
COUNTED = ("seq", "head_hash", *USED)
# inline: without RETURNING, since a queued write must have no result.
ADD_EVENTS = QueuedWrite(sa.insert(Event.__table__).inline())
KEEP_COUNTER = QueuedWrite(
    sa.update(COUNTERS)
    .where(COUNTERS.c.tenant_id == sa.bindparam("of_tenant"))  # SQLAlchemy reserves the columns' names in an UPDATE
    .values({name: sa.bindparam(name) for name in (*COUNTED, "updated_at")})
)


def feed(query: EventQuery) -> Page[Event]:
    """List the visible events after a `seq`, oldest first.

    Events of AUDIT_ONLY tables and about others' private notes require audit.read.
    """
    # `seq` is assigned under the tenant's lock, so no event with a smaller one appears later.
    statement = sa.select(Event).where(Event.seq > query.after, *event_visibility.visible())
    if "audit.read" not in scope.actor().permissions:
        statement = statement.where(Event.subject_type.not_in(AUDIT_ONLY), event_visibility.not_anothers_private_note())
    if query.types is not None:
        statement = statement.where(Event.type.in_(query.types))
    for name in ("subject_type", "subject_id"):
        if (value := getattr(query, name)) is not None:
            statement = statement.where(getattr(Event, name) == value)
    events = db.session.scalars(statement.order_by(Event.seq).limit(query.limit + 1)).all()
    more = len(events) > query.limit
    events = events[: query.limit]
    return Page.model_construct(data=list(events), has_more=more, next_cursor=str(events[-1].seq) if more else None)


def position() -> EventPosition:
    """Return the position of the latest event of the tenant."""
    return EventPosition(seq=db.session.scalars(sa.select(TenantCounter.seq)).one())


def of_candidate(candidate_id: UUID, formerly: list[UUID], query: ActivityQuery) -> Page[Event]:
    """List the events of a candidate and of the candidates merged into it (`formerly`), newest first."""
    own = Event.candidate_id.in_([candidate_id, *formerly])
    statement = sa.select(Event).where(
        own, event_visibility.not_anothers_private_note(), *event_visibility.of_candidate(candidate_id)
    )
    if query.type is not None:
        statement = statement.where(Event.type == query.type)
    return listing.paginate(statement, Event, query, within=candidate_id)


def audit(query: AuditQuery) -> Page[Event]:
    """List the audit trail, filtered, newest first."""
    statement = sa.select(Event).where(*event_visibility.visible())
    for name in ("actor_kind", "actor_id", "subject_type", "subject_id", "type"):
        if (value := getattr(query, name)) is not None:
            statement = statement.where(getattr(Event, name) == value)
    if query.since is not None:
        statement = statement.where(Event.occurred_at >= query.since)
    if query.until is not None:
        statement = statement.where(Event.occurred_at < query.until)
    return listing.paginate(statement, Event, query)


def verify() -> ChainReport:
    """Recompute the tenant's hash chain from the first event to the head, and compare it with the checkpoints."""
    head = db.session.scalars(sa.select(TenantCounter)).one()
    checkpoints = ledger_checkpoint_service.by_seq()
    # A checkpoint stays unfit if its event is missing, as after a truncation that also changed the counter.
    checker, unfit = ChainChecker(), set(checkpoints)
    # Events that are added during the check are beyond the head that was read, and are left out.
    chain = sa.select(Event).where(Event.seq <= head.seq).order_by(Event.seq).execution_options(yield_per=1000)
    # Close the server-side cursor, which keeps a transaction open, also if the loop ends early.
    with closing(db.session.scalars(chain)) as events:
        for event in events:
            if not checker.add(vars(event)):
                break
            signed = checkpoints.get(event.seq)
            if signed is not None and signed.hash == event.hash and ledger_checkpoint_service.is_genuine(signed):
                unfit.discard(event.seq)
    # The chain is intact but shorter than the counter says: the latest events were deleted.
    if checker.broken_at is None and (head.seq, head.head_hash) != (checker.seq, checker.head):
        checker.broken_at = checker.seq + 1
    broken_at = min(unfit) if unfit and checker.broken_at is None else checker.broken_at
    return ChainReport(
        valid=broken_at is None,
        events=checker.seq,
        checkpoints=len(checkpoints) - len(unfit),
        broken_at=broken_at,
    )


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of an event by table name and id, if the entity is not loaded."""

    __tablename__: str
    id: UUID


@dataclass
class _Recorded:
    type: str
    subject: Any
    data: dict[str, Any] = field(default_factory=dict)
    reason: str | None = None
    actor: Actor = field(default_factory=scope.actor)  # now: a rule may act within the use case of a candidate


def record(type: str, subject: Any, *, reason: str | None = None, **data: Any) -> None:
    """Record an event about `subject` in the ledger, inside a use case; `data` must not contain personal data."""
    unit().events.append(_Recorded(type, subject, data, reason))


@transaction.before_commit
def _close_ledger(done: UnitOfWork) -> None:
    """Lock the tenant's counter as late as possible, enforce the plan's limits, then number and chain the events."""
    if not done.events and not done.usage:
        return
    # Past the ORM: the session may hold an older state of the counter.
    counter = dict(db.session.connection().execute(LOCK, {"tenant_id": scope.tenant_id()}).one()._mapping)
    for resource, amount in done.usage.items():
        counter[resource] = _count_usage(counter, resource, amount)
    ADD_EVENTS.send(*_chain(counter, done.events))
    counted = {name: counter[name] for name in COUNTED}
    KEEP_COUNTER.send({**counted, "of_tenant": scope.tenant_id(), "updated_at": clock.now()})
    if done.events:
        done.after_commit.append(stream_hub.wake)


def _count_usage(counter: dict[str, Any], resource: str, amount: int) -> int:
    used, limit = counter[resource] + amount, counter.get(f"max_{resource}")
    if limit is not None and amount > 0 and used > limit:  # a tenant over its limit may still release
        raise LimitReached(
            f"Your plan is limited to {limit} {resource.replace('_', ' ')}.",
            code="plan_limit_reached",
            resource=resource,
            limit=limit,
        )
    return max(0, int(used))


def _chain(counter: dict[str, Any], recorded: list[_Recorded]) -> list[dict[str, Any]]:
    """Return the rows of the events, numbered and chained from `counter`, which is updated."""
    chain = []
    for event in recorded:
        row = rows.new_row(
            seq=counter["seq"] + 1,
            type=event.type,
            actor_kind=event.actor.kind,
            actor_id=event.actor.id,
            subject_type=event.subject.__tablename__,
            subject_id=event.subject.id,
            candidate_id=_about(event),
            # As the database will return it: the hash is verified over the stored JSON, without UUIDs and dates.
            data=orjson.loads(orjson.dumps(event.data, default=str)),
            **_reason(event.reason),
            request_id=event.actor.request_id,
            previous_hash=counter["head_hash"],
        )
        row["occurred_at"] = row["created_at"]
        row["hash"] = ledger_chain.hash_of(row)
        counter["seq"], counter["head_hash"] = row["seq"], row["hash"]
        chain.append(row)
    return chain


def _about(event: _Recorded) -> UUID | None:
    """Return the id of the candidate that an event is about: its subject, or the one in its data or subject."""
    if event.subject.__tablename__ == "candidates":
        candidate_id: UUID = event.subject.id
        return candidate_id
    named = event.data.get("candidate_id") or getattr(event.subject, "candidate_id", None)
    return UUID(str(named)) if named is not None else None


def _reason(reason: str | None) -> dict[str, str | None]:
    if reason is None:
        return dict.fromkeys(("reason", "reason_salt", "reason_digest"))
    # Without a salt, short reasons could be guessed from their digests after an erasure.
    salt = secrets.token_hex(16)
    return {"reason": reason, "reason_salt": salt, "reason_digest": ledger_chain.digest_of_reason(salt, reason)}
