"""Writes past the use cases, for tests of what lies beneath them and of damage done from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.extensions import db
from app.services.core.transaction import UnitOfWork


@contextmanager
def raw_writes() -> Iterator[None]:
    """Let the session write without the ledger, the outbox and the plan."""
    info = db.session.info
    info["unit"] = UnitOfWork()
    try:
        yield
    finally:
        info.pop("unit", None)
