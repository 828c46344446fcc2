"""The only permitted changes of the ledger, by database functions of its owner: the application may only add and read.

SQLite has no roles, so plain statements do the same there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from app.extensions import db
from app.models import Event, LedgerCheckpoint, Tenant
from app.services.core.transaction import mark_deleted
from app.utils import clock, scope
from app.utils.errors import Conflict

TABLES = frozenset({Event.__tablename__, LedgerCheckpoint.__tablename__})


def forget_reasons(ids: Sequence[UUID]) -> int:
    """Delete the text and salts of reasons for an erasure and return their number.

    The digests stay, so the chain remains valid.
    """
    if _has_roles():
        statement = sa.select(sa.func.ledger_forget_reasons(sa.bindparam("ids", list(ids), type_=ARRAY(sa.Uuid()))))
        return int(db.session.scalar(statement) or 0)
    # The hash of events older than digests covers the text itself, which must stay.
    has_reason = sa.and_(Event.id.in_(ids), Event.reason.is_not(None), Event.reason_digest.is_not(None))
    result: Any = db.session.execute(sa.update(Event).where(has_reason).values(reason=None, reason_salt=None))
    return int(result.rowcount)


def purge_some(at_most: int) -> int:
    """Delete up to `at_most` ledger rows of the bound tenant, whose grace period is over; return how many."""
    mark_deleted()
    if _has_roles():
        return int(db.session.scalar(sa.select(sa.func.ledger_purge(at_most))) or 0)
    for model in (Event, LedgerCheckpoint):
        some = sa.select(model.id).where(model.tenant_id == scope.tenant_id()).limit(at_most)
        result: Any = db.session.execute(sa.delete(model).where(model.id.in_(some)))
        if result.rowcount:
            return int(result.rowcount)
    return 0


def end_tenant() -> None:
    """Delete the bound tenant after its ledger; Conflict if its grace period is not over. Inside a use case."""
    mark_deleted()
    if _has_roles():
        ended = bool(db.session.scalar(sa.select(sa.func.tenant_end())))
    else:
        over = sa.and_(Tenant.id == scope.tenant_id(), Tenant.delete_after <= clock.now())
        result: Any = db.session.execute(sa.delete(Tenant).where(over))
        ended = bool(result.rowcount)
    if not ended:
        raise Conflict("The grace period of the tenant is not over yet.", code="grace_not_over")


def _has_roles() -> bool:
    return db.session.connection().dialect.name == "postgresql"
