"""Job templates, from which new jobs are created."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json


class JobTemplate(TenantScoped, Versioned, BaseModel):
    """`job` holds the fields of a job except references to other rows; `questions` its screening questions."""

    __tablename__ = "job_templates"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "key"),
        within_tenant("department_id", "departments"),
        within_tenant("location_id", "locations"),
        within_tenant("pipeline_template_id", "pipeline_templates"),
    )

    name: Mapped[str] = mapped_column(sa.String(60))
    key: Mapped[str] = mapped_column(sa.String(60))
    # Columns, because nothing would check references inside `job`.
    department_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    pipeline_template_id: Mapped[UUID | None]
    job: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    questions: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
