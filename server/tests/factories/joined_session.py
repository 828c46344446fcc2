"""How sessions join the transaction of a test, which is rolled back at its end."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.extensions import UnitSession, db
from app.models.base import pipelining
from app.models.base.tenancy import SETTINGS, database_settings
from app.utils import statements


def join_transactions() -> None:
    """Give each use case a savepoint, which it commits or rolls back; reads need none, and most sessions only read."""
    mode: Any = property(_mode, lambda session, value: None)
    UnitSession.join_transaction_mode = mode
    if db.engine.dialect.name == "postgresql":
        event.listen(UnitSession, "after_begin", _send_settings)


def _mode(session: Session) -> str:
    return "create_savepoint" if "unit" in session.info else "rollback_only"


def _send_settings(session: Session, transaction: Any, connection: sa.Connection) -> None:
    """Tell PostgreSQL the tenant of a read, as the application does with each of its statements."""
    if "unit" not in session.info and not isinstance(db.engine, sa.Engine):
        statements.count()
        driver: Any = connection.connection.dbapi_connection
        pipelining.settle(driver)
        driver.execute(SETTINGS, database_settings())
