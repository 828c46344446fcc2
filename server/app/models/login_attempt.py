"""Failed sign-ins by address, kept for known and unknown accounts alike, so that neither can be told apart."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.types import UtcDateTime

MAX_FAILURES = 5
LOCK_MINUTES = 30


class LoginAttempt(BaseModel):
    """Belongs to the platform: sign-in comes before any tenant. The account (tenant, address) is kept as a digest."""

    __tablename__ = "login_attempts"

    account: Mapped[str] = mapped_column(sa.String(64), unique=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
