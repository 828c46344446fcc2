"""The columns of a sign-in that hold its refresh tokens: the live one, and those that it came from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.types import Json, UtcDateTime


class RefreshFamily:
    """Digests only. A seed and a token together give the token that came next; neither does alone.

    `overtaken` are the ancestors before the parent, the latest first: `hash`, `seed` and `used_at`, when the child of
    each was used.
    """

    token_hash: Mapped[str] = mapped_column(sa.String(64))
    previous_hash: Mapped[str | None] = mapped_column(sa.String(64))
    child_seed: Mapped[str | None] = mapped_column(sa.String(64))
    overtaken: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")
    rotated_at: Mapped[datetime] = mapped_column(UtcDateTime)
