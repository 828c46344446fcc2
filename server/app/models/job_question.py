"""Screening questions of jobs, and the answers of applicants."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, enum_of


class QuestionKind(StrEnum):
    """The type of a question's answer."""

    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    YES_NO = "yes_no"
    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    NUMBER = "number"
    DATE = "date"
    LINK = "link"


class JobQuestion(TenantScoped, BaseModel):
    """`passes` defines the passing answers (`any_of`, `min`, `max`; empty: all). No position: removed from the job."""

    __tablename__ = "job_questions"
    __keys__ = (
        within_tenant("job_id", "jobs", ondelete="CASCADE"),
        sa.Index("ix_job_questions_tenant_id_job_id_position", "tenant_id", "job_id", "position"),
    )

    job_id: Mapped[UUID]
    position: Mapped[int | None] = mapped_column(sa.SmallInteger)  # NULL: not asked any more, but answered before
    kind: Mapped[QuestionKind] = mapped_column(enum_of(QuestionKind, "kind"))
    label: Mapped[str] = mapped_column(sa.String(200))
    is_required: Mapped[bool] = mapped_column(default=False)
    options: Mapped[list[str]] = mapped_column(Json, default=list)
    passes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class ApplicationAnswer(TenantScoped, BaseModel):
    """`answer` holds the `value`, of the question's kind, and the `label` of the question when it was asked."""

    __tablename__ = "application_answers"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "application_id", "question_id"),
        within_tenant("application_id", "applications", ondelete="CASCADE"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("question_id", "job_questions"),
        sa.Index("ix_application_answers_tenant_id_candidate_id", "tenant_id", "candidate_id"),
    )

    application_id: Mapped[UUID]
    candidate_id: Mapped[UUID]
    question_id: Mapped[UUID]
    answer: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    has_passed: Mapped[bool] = mapped_column(default=True)  # by the rule when it was answered
