"""What a tenant pays for: limits and features."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import BaseModel
from app.models.types import Json


class SubscriptionPlan(BaseModel):
    """A plan; the standard ones are seeded by a migration."""

    __tablename__ = "subscription_plans"

    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    max_users: Mapped[int]
    max_candidates: Mapped[int]
    max_storage_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    monthly_usd: Mapped[int]
    features: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
