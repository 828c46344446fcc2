"""The base class of every table, and mixins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.models.base.types import UtcDateTime
from app.utils import clock, ids


class BaseModel(Model):
    """A row with a UUIDv7 key and the times of its creation and last change."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id, sort_order=-10)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, sort_order=90)
    # Retention counts a candidate's inactivity from here: an update that is no activity must set the old value.
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now, sort_order=91)


class Versioned:
    """A row whose `version` increases with each change; it is the ETag that `If-Match` is compared with."""

    version: Mapped[int] = mapped_column(default=1, sort_order=89)  # incremented by `rows.lock_for_update`
