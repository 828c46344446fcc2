"""Pipelines: templates, gates and automations of stages, stays of applications, actions on many of them.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.row_security import enable_row_security
from migrations.states import allow

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "pipeline_templates",
    "application_bulk_operations",
    "application_stays",
)
BEFORE = ("active", "rejected", "withdrawn", "hired")
# Of what was before only the present is known.
STAYS = """insert into application_stays
  (id, tenant_id, application_id, job_id, stage_id, status, entered_at, left_at, created_at, updated_at)
  select id, tenant_id, id, job_id, stage_id, status, stage_entered_at, null, created_at, updated_at from applications"""
# Stages that were taken out go behind the others.
PLACES = """update job_stages set position = 1000 + (select count(*) from job_stages as other
  where other.job_id = job_stages.job_id and other.position is null and other.id < job_stages.id) where position is null"""


def upgrade() -> None:
    op.create_table(
        "pipeline_templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("stages", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_pipeline_templates_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pipeline_templates")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_pipeline_templates_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_pipeline_templates_tenant_id_key")),
    )
    with op.batch_alter_table("pipeline_templates", schema=None) as batch_op:
        batch_op.create_index(
            "uq_pipeline_templates_tenant_id_default",
            ["tenant_id"],
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        )

    op.create_table(
        "application_bulk_operations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("to_stage_id", sa.Uuid(), nullable=True),
        sa.Column("results", JSON, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "to_stage_id"],
            ["job_stages.tenant_id", "job_stages.id"],
            name=op.f("fk_application_bulk_operations_tenant_id_to_stage_id_job_stages"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_application_bulk_operations_tenant_id_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_application_bulk_operations_tenant_id_tenants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_bulk_operations")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_application_bulk_operations_tenant_id_id")),
    )
    with op.batch_alter_table("application_bulk_operations", schema=None) as batch_op:
        batch_op.create_index(
            "ix_application_bulk_operations_tenant_id_created_at_id", ["tenant_id", "created_at", "id"], unique=False
        )

    op.create_table(
        "application_stays",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "rejected",
                "withdrawn",
                "hired",
                "transferred",
                name=op.f("ck_application_stays_status"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("left_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["applications.tenant_id", "applications.id"],
            name=op.f("fk_application_stays_tenant_id_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"],
            ["jobs.tenant_id", "jobs.id"],
            name=op.f("fk_application_stays_tenant_id_job_id_jobs"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "stage_id"],
            ["job_stages.tenant_id", "job_stages.id"],
            name=op.f("fk_application_stays_tenant_id_stage_id_job_stages"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_application_stays_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_stays")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_application_stays_tenant_id_id")),
    )
    with op.batch_alter_table("application_stays", schema=None) as batch_op:
        batch_op.create_index(
            "ix_application_stays_tenant_id_application_id", ["tenant_id", "application_id", "entered_at"], unique=False
        )
        batch_op.create_index(
            "ix_application_stays_tenant_id_entered_at_id", ["tenant_id", "entered_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_application_stays_tenant_id_job_id_entered_at", ["tenant_id", "job_id", "entered_at"], unique=False
        )
        batch_op.create_index(
            "uq_application_stays_tenant_id_application_id_present",
            ["tenant_id", "application_id"],
            unique=True,
            sqlite_where=sa.text("left_at is null"),
            postgresql_where=sa.text("left_at is null"),
        )

    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("transferred_from_id", sa.Uuid(), nullable=True))
        allow(batch_op, "applications", *BEFORE, "transferred")
        batch_op.create_index(
            "ix_applications_tenant_id_job_id_status_stage_id_entered",
            ["tenant_id", "job_id", "status", "stage_id", "stage_entered_at", "id"],
            unique=False,
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_applications_tenant_id_transferred_from_id_applications"),
            "applications",
            ["tenant_id", "transferred_from_id"],
            ["tenant_id", "id"],
            ondelete="CASCADE",
        )

    with op.batch_alter_table("job_stages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gates", JSON, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("automations", JSON, nullable=False, server_default="[]"))
        batch_op.alter_column("position", existing_type=sa.SMALLINT(), nullable=True)
    with op.batch_alter_table("job_stages", schema=None) as batch_op:
        batch_op.alter_column("gates", server_default=None)
        batch_op.alter_column("automations", server_default=None)
    op.execute(STAYS)
    for table in TABLES:
        enable_row_security(table)


def downgrade() -> None:
    op.execute(PLACES)
    op.execute("update applications set status = 'withdrawn' where status = 'transferred'")
    with op.batch_alter_table("job_stages", schema=None) as batch_op:
        batch_op.alter_column("position", existing_type=sa.SMALLINT(), nullable=False)
        batch_op.drop_column("automations")
        batch_op.drop_column("gates")

    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_applications_tenant_id_transferred_from_id_applications"), type_="foreignkey"
        )
        batch_op.drop_index("ix_applications_tenant_id_job_id_status_stage_id_entered")
        batch_op.drop_column("transferred_from_id")
        allow(batch_op, "applications", *BEFORE)

    op.drop_table("application_stays")
    op.drop_table("application_bulk_operations")
    op.drop_table("pipeline_templates")
