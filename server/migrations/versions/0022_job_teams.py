"""Hiring teams of jobs.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.row_security import enable_row_security

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("job_team_members",)


def upgrade() -> None:
    op.create_table(
        "job_team_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "hiring_manager",
                "recruiter",
                "sourcer",
                "coordinator",
                "interviewer",
                name=op.f("ck_job_team_members_role"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"],
            ["jobs.tenant_id", "jobs.id"],
            name=op.f("fk_job_team_members_tenant_id_job_id_jobs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_job_team_members_tenant_id_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_job_team_members_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_team_members")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_job_team_members_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id", "job_id", "user_id", name=op.f("uq_job_team_members_tenant_id_job_id_user_id")
        ),
    )
    with op.batch_alter_table("job_team_members", schema=None) as batch_op:
        batch_op.create_index(
            "ix_job_team_members_tenant_id_user_id_job_id", ["tenant_id", "user_id", "job_id"], unique=False
        )
    for table in TABLES:
        enable_row_security(table)


def downgrade() -> None:
    op.drop_table("job_team_members")
