"""Interview kits: the guide, questions and rubric that interviewers receive."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped
from app.models.base.types import Json


class InterviewKit(TenantScoped, Versioned, BaseModel):
    """A kit; `key` is the folded name, `rubric` holds the name and description of each criterion."""

    __tablename__ = "interview_kits"
    __keys__ = (sa.UniqueConstraint("tenant_id", "key"),)

    name: Mapped[str] = mapped_column(sa.String(60))
    key: Mapped[str] = mapped_column(sa.String(60))
    minutes: Mapped[int] = mapped_column(sa.SmallInteger, default=60)  # used if a time is set without a length
    guide: Mapped[str | None] = mapped_column(sa.Text)
    questions: Mapped[list[str]] = mapped_column(Json, default=list)
    rubric: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
