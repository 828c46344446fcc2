"""Rows about one subject: a candidate, an application of one, or a job."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.tenancy import within_tenant

SUBJECTS = ("candidate_id", "application_id", "job_id")


class AboutOne:
    """The columns of the subject. A row about an application names its candidate, too, and is merged with it."""

    candidate_id: Mapped[UUID | None] = mapped_column()
    application_id: Mapped[UUID | None] = mapped_column()
    job_id: Mapped[UUID | None] = mapped_column()


def subject_keys(table: str) -> tuple[Any, ...]:
    """Return the constraints and indexes of the columns: exactly one subject, which exists."""
    return (
        *(within_tenant(column, f"{column[:-3]}s", ondelete="CASCADE") for column in SUBJECTS),
        sa.CheckConstraint(
            "(candidate_id is null) <> (job_id is null) and (application_id is null or candidate_id is not null)",
            name="one_subject",
        ),
        *(
            sa.Index(f"ix_{table}_tenant_id_{column}_created_at_id", "tenant_id", column, "created_at", "id")
            for column in SUBJECTS
        ),
    )
