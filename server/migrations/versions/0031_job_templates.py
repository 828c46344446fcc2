"""Templates of jobs.

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.row_security import enable_row_security

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)
TABLES = ("job_templates",)


def upgrade() -> None:
    op.create_table(
        "job_templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("pipeline_template_id", sa.Uuid(), nullable=True),
        sa.Column("job", JSON, nullable=False),
        sa.Column("questions", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "department_id"],
            ["departments.tenant_id", "departments.id"],
            name=op.f("fk_job_templates_tenant_id_department_id_departments"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "pipeline_template_id"],
            ["pipeline_templates.tenant_id", "pipeline_templates.id"],
            name=op.f("fk_job_templates_tenant_id_pipeline_template_id_pipeline_templates"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_job_templates_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_templates")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_job_templates_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_job_templates_tenant_id_key")),
    )
    for table in TABLES:
        enable_row_security(table)


def downgrade() -> None:
    op.drop_table("job_templates")
