"""The columns of a sign-in that hold its refresh tokens: the live one, and the two that it came from."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.types import UtcDateTime


class RefreshFamily:
    """Digests only. A seed and a token together give the token that came next; neither does alone."""

    token_hash: Mapped[str] = mapped_column(sa.String(64))
    previous_hash: Mapped[str | None] = mapped_column(sa.String(64))
    child_seed: Mapped[str | None] = mapped_column(sa.String(64))
    older_hash: Mapped[str | None] = mapped_column(sa.String(64))
    older_seed: Mapped[str | None] = mapped_column(sa.String(64))
    rotated_at: Mapped[datetime] = mapped_column(UtcDateTime)
