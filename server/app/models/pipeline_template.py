"""Pipeline templates; a job copies the stages of one."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped
from app.models.base.types import Json


class PipelineTemplate(TenantScoped, Versioned, BaseModel):
    """`stages` holds name, kind, gates and automations of each; the default template is used if a job names none."""

    __tablename__ = "pipeline_templates"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "key"),
        sa.Index(
            "uq_pipeline_templates_tenant_id_default",
            "tenant_id",
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        ),
    )

    name: Mapped[str] = mapped_column(sa.String(60))
    key: Mapped[str] = mapped_column(sa.String(60))
    is_default: Mapped[bool] = mapped_column(default=False)
    stages: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
