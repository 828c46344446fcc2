"""The columns of an account with a second factor (TOTP, RFC 6238)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.types import Json, UtcDateTime


class SecondFactor:
    """Enabled once `totp_enabled_at` is set; until then, the secret awaits its first code."""

    totp_secret: Mapped[str | None] = mapped_column(sa.String(400))  # encrypted
    totp_enabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_last_step: Mapped[int | None] = mapped_column(sa.BigInteger)  # a code is accepted once (RFC 6238, 5.2)
    recovery_codes: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")  # digests
