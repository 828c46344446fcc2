"""What a tenant pays for: limits and features."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import BaseModel
from app.models.types import Json

GIGABYTE = 1024**3

# (users, candidates, storage GB, monthly USD): domain rules of the four standard plans.
STANDARD_PLANS: dict[str, tuple[int, int, int, int]] = {
    "FREE": (5, 50, 1, 0),
    "STARTER": (25, 500, 10, 49),
    "PROFESSIONAL": (100, 5_000, 100, 149),
    "ENTERPRISE": (999, 99_999, 1_000, 499),
}


class SubscriptionPlan(BaseModel):
    """A plan; the standard ones are seeded by a migration."""

    __tablename__ = "subscription_plans"

    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    max_users: Mapped[int]
    max_candidates: Mapped[int]
    max_storage_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    monthly_usd: Mapped[int]
    features: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
