"""The columns of a session that hold its refresh tokens: the current one and its ancestors."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.types import Json, UtcDateTime


class RefreshFamily:
    """Stores digests only. A token and its seed together yield the next token; neither does alone.

    `overtaken` holds the ancestors before the parent, latest first: `hash`, `seed`, and `used_at`, when the child of
    each was used.
    """

    token_hash: Mapped[str] = mapped_column(sa.String(64))
    previous_hash: Mapped[str | None] = mapped_column(sa.String(64))  # answers with the live token until that is used
    child_seed: Mapped[str | None] = mapped_column(sa.String(64))  # of the live token, whose parent only the client has
    overtaken: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")
    rotated_at: Mapped[datetime] = mapped_column(UtcDateTime)
