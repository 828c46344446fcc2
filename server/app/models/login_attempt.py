"""Failed sign-ins, for existing and unknown accounts alike, so that responses do not reveal which accounts exist."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.types import UtcDateTime

MAX_FAILURES = 5  # each further five lock the account again
LOCK_MINUTES = 30


class LoginAttempt(BaseModel):
    """Not of a tenant, since the user is not signed in yet. `account` is a digest of the tenant and the address."""

    __tablename__ = "login_attempts"

    account: Mapped[str] = mapped_column(sa.String(64), unique=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
