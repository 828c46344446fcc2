"""The voluntary survey of applicants; its answers are only reported as aggregates."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json


class SurveyQuestion(TenantScoped, BaseModel):
    """A question, asked of every applicant while active; unanswered questions have no row."""

    __tablename__ = "survey_questions"
    __keys__ = (sa.UniqueConstraint("tenant_id", "key"),)

    label: Mapped[str] = mapped_column(sa.String(200))
    key: Mapped[str] = mapped_column(sa.String(200))
    options: Mapped[list[str]] = mapped_column(Json, default=list)  # never removed: a refusal would reveal an answer
    is_active: Mapped[bool] = mapped_column(default=True)


class SurveyAnswer(TenantScoped, BaseModel):
    """An answer; not exposed by any endpoint, but counted in selection rates and included in the person's archive."""

    __tablename__ = "survey_answers"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "application_id", "question_id"),
        within_tenant("application_id", "applications", ondelete="CASCADE"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("question_id", "survey_questions"),
        sa.Index("ix_survey_answers_tenant_id_candidate_id", "tenant_id", "candidate_id"),
        sa.Index("ix_survey_answers_tenant_id_question_id_answer", "tenant_id", "question_id", "answer"),
    )

    application_id: Mapped[UUID]
    candidate_id: Mapped[UUID]
    question_id: Mapped[UUID]
    answer: Mapped[str] = mapped_column(sa.String(60))
