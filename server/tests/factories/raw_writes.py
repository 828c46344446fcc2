"""Writes that bypass use cases, for tests of lower layers and of damage from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.extensions import db
from app.services.core.transaction import UnitOfWork


@contextmanager
def raw_writes() -> Iterator[None]:
    """Allow the session to write without audit trail, outbox and quota."""
    info = db.session.info
    info["unit"] = UnitOfWork()
    try:
        yield
    finally:
        info.pop("unit", None)
