"""How sessions join the transaction of a test, which is rolled back at its end."""

from __future__ import annotations

from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.extensions import UnitSession, db, open_session
from app.models.base.engine import execute_with_settings


def join_transactions() -> None:
    """Give each use case a savepoint, which it commits or rolls back; reads need none, and most sessions only read.

    The mode follows from the session's state: a `join_transaction_mode` that a test configures has no effect.
    """
    mode: Any = property(_mode, lambda session, value: None)
    UnitSession.join_transaction_mode = mode
    if db.engine.dialect.name == "postgresql":
        event.listen(db.engine, "do_execute", _read)


def _mode(session: Session) -> str:
    return "create_savepoint" if "unit" in session.info else "rollback_only"


def _read(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
    """Send the tenant with each statement of a read, as the application does outside a transaction."""
    session = open_session()
    if session is None or "unit" in session.info or isinstance(cursor, psycopg.ServerCursor):
        return False
    if isinstance(db.engine, sa.Engine):  # no test has joined it to its transaction
        return False
    execute_with_settings(cursor, statement, parameters)
    return True
