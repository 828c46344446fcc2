"""Checkpoints: daily signatures over the head of each tenant's ledger."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
import structlog

from app.extensions import db
from app.models import LedgerCheckpoint, TenantCounter
from app.schemas.event_schema import CheckpointQuery
from app.schemas.lists import Page
from app.services.core import active_tenants, listing, rows
from app.services.core.transaction import use_case
from app.services.events import ledger_chain
from app.utils import clock, scope
from app.utils.ledger_signer import ledger_signer, verify

log = structlog.get_logger("ledger")


def list_checkpoints(query: CheckpointQuery) -> Page[LedgerCheckpoint]:
    """List the checkpoints of the tenant, newest first."""
    return listing.paginate(sa.select(LedgerCheckpoint), LedgerCheckpoint, query)


def by_seq() -> dict[int, LedgerCheckpoint]:
    """Return the checkpoints of the bound tenant by `seq`."""
    return {row.seq: row for row in db.session.scalars(sa.select(LedgerCheckpoint).order_by(LedgerCheckpoint.seq))}


def is_genuine(checkpoint: LedgerCheckpoint) -> bool:
    """Return whether the checkpoint has a valid signature by one of our keys."""
    message = ledger_chain.checkpoint_message(
        checkpoint.tenant_id, checkpoint.seq, checkpoint.hash, checkpoint.created_at
    )
    return verify(ledger_signer.public_keys().get(checkpoint.key_id), message, checkpoint.signature)


def sign_all() -> int:
    """Sign the head of every ledger that has grown and return their number; in the platform's scope. Idempotent."""
    return active_tenants.in_each(_grown(), sign)


def _grown() -> list[UUID]:
    """Return the tenants whose ledger has grown since their last checkpoint."""
    signed = (
        sa.select(sa.func.max(LedgerCheckpoint.seq))
        .where(LedgerCheckpoint.tenant_id == TenantCounter.tenant_id)
        .scalar_subquery()
    )
    grown = sa.select(TenantCounter.tenant_id).where(TenantCounter.seq > sa.func.coalesce(signed, 0))
    return list(db.session.scalars(grown.order_by(TenantCounter.tenant_id)))


@use_case
def sign() -> int:
    """Sign and log the head of the bound tenant's ledger; return 1, or 0 if it has not grown."""
    head = db.session.scalars(sa.select(TenantCounter)).one()
    # Another run may have signed it since `_grown`.
    if db.session.scalar(sa.select(LedgerCheckpoint.id).where(LedgerCheckpoint.seq == head.seq)):
        return 0
    now = clock.now()
    message = ledger_chain.checkpoint_message(scope.tenant_id(), head.seq, head.head_hash, now)
    key_id, signature = ledger_signer.sign(message)
    row = rows.new_row(seq=head.seq, hash=head.head_hash, key_id=key_id, signature=signature)
    db.session.add(LedgerCheckpoint(**{**row, "created_at": now}))  # part of the signed message
    # A copy outside the database, with all that a verification needs.
    log.info(
        "checkpoint",
        tenant=str(scope.tenant_id()),
        seq=head.seq,
        hash=head.head_hash,
        at=now.isoformat(),
        key_id=key_id,
        signature=signature,
    )
    return 1
