"""The columns of a sign-in that hold its refresh tokens: the live one, and the one that it came from."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column


class RefreshFamily:
    """Digests only. `child_seed` and the parent token together give the live token again; neither does alone."""

    token_hash: Mapped[str] = mapped_column(sa.String(64))
    previous_hash: Mapped[str | None] = mapped_column(sa.String(64))
    child_seed: Mapped[str | None] = mapped_column(sa.String(64))
