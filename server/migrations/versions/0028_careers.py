"""Postings, screening questions and their answers, tracking links.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.row_security import enable_row_security

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "tracking_links",
    "job_postings",
    "job_questions",
    "application_answers",
)


def upgrade() -> None:
    op.create_table(
        "tracking_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("token", sa.String(length=20), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_tracking_links_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_links")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_tracking_links_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_tracking_links_tenant_id_key")),
        sa.UniqueConstraint("tenant_id", "token", name=op.f("uq_tracking_links_tenant_id_token")),
    )
    op.create_table(
        "job_postings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("location", sa.String(length=200), nullable=True),
        sa.Column("shows_pay", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "published",
                "unpublished",
                "expired",
                name=op.f("ck_job_postings_status"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status_reason", sa.String(length=500), nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"],
            ["jobs.tenant_id", "jobs.id"],
            name=op.f("fk_job_postings_tenant_id_job_id_jobs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_job_postings_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_postings")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_job_postings_tenant_id_id")),
    )
    with op.batch_alter_table("job_postings", schema=None) as batch_op:
        batch_op.create_index("ix_job_postings_tenant_id_job_id", ["tenant_id", "job_id"], unique=False)
        batch_op.create_index(
            "ix_job_postings_tenant_id_status_published_at_id",
            ["tenant_id", "status", "published_at", "id"],
            unique=False,
        )

    op.create_table(
        "job_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "short_text",
                "long_text",
                "yes_no",
                "single_choice",
                "multiple_choice",
                "number",
                "date",
                "link",
                name=op.f("ck_job_questions_kind"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("passes", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"],
            ["jobs.tenant_id", "jobs.id"],
            name=op.f("fk_job_questions_tenant_id_job_id_jobs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_job_questions_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_questions")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_job_questions_tenant_id_id")),
    )
    with op.batch_alter_table("job_questions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_job_questions_tenant_id_job_id_position", ["tenant_id", "job_id", "position"], unique=False
        )

    op.create_table(
        "application_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.Column("has_passed", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["applications.tenant_id", "applications.id"],
            name=op.f("fk_application_answers_tenant_id_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "candidate_id"],
            ["candidates.tenant_id", "candidates.id"],
            name=op.f("fk_application_answers_tenant_id_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "question_id"],
            ["job_questions.tenant_id", "job_questions.id"],
            name=op.f("fk_application_answers_tenant_id_question_id_job_questions"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_application_answers_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_answers")),
        sa.UniqueConstraint(
            "tenant_id",
            "application_id",
            "question_id",
            name=op.f("uq_application_answers_tenant_id_application_id_question_id"),
        ),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_application_answers_tenant_id_id")),
    )
    with op.batch_alter_table("application_answers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_application_answers_tenant_id_candidate_id", ["tenant_id", "candidate_id"], unique=False
        )

    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tracking_link_id", sa.Uuid(), nullable=True))
        batch_op.create_index(
            "ix_applications_tenant_id_tracking_link_id", ["tenant_id", "tracking_link_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_applications_tenant_id_tracking_link_id_tracking_links"),
            "tracking_links",
            ["tenant_id", "tracking_link_id"],
            ["tenant_id", "id"],
            ondelete="RESTRICT",
        )
    for table in TABLES:
        enable_row_security(table)


def downgrade() -> None:
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_applications_tenant_id_tracking_link_id_tracking_links"), type_="foreignkey"
        )
        batch_op.drop_index("ix_applications_tenant_id_tracking_link_id")
        batch_op.drop_column("tracking_link_id")

    op.drop_table("application_answers")
    op.drop_table("job_questions")
    op.drop_table("job_postings")
    op.drop_table("tracking_links")
