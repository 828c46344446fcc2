"""Interviews with panels, kits, scorecards and the weeks of interviewers.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.row_security import enable_row_security

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "interview_kits",
    "interviewer_availabilities",
    "interviews",
    "interview_panelists",
    "interview_scorecards",
)
# SQLite has one writer at a time, who looks before writing.
ONE_PLACE_AT_A_TIME = """alter table interview_panelists add constraint ex_interview_panelists_time
  exclude using gist (tenant_id with =, user_id with =, tstzrange(starts_at, ends_at) with &&) where (is_held)"""


def upgrade() -> None:
    op.create_table(
        "interview_kits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("guide", sa.Text(), nullable=True),
        sa.Column("questions", JSON, nullable=False),
        sa.Column("rubric", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_interview_kits_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_kits")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_interview_kits_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_interview_kits_tenant_id_key")),
    )
    op.create_table(
        "interviewer_availabilities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("windows", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_interviewer_availabilities_tenant_id_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_interviewer_availabilities_tenant_id_tenants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interviewer_availabilities")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_interviewer_availabilities_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "user_id", name=op.f("uq_interviewer_availabilities_tenant_id_user_id")),
    )
    op.create_table(
        "interviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("kit_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "phone",
                "video",
                "onsite",
                "technical",
                "hr",
                "panel",
                name=op.f("ck_interviews_kind"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "scheduled",
                "awaiting_feedback",
                "complete",
                "cancelled",
                "no_show",
                name=op.f("ck_interviews_status"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status_reason", sa.String(length=500), nullable=True),
        sa.Column("starts_at", MOMENT, nullable=True),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(length=200), nullable=True),
        sa.Column("meeting_url", sa.String(length=400), nullable=True),
        sa.Column("invites_candidate", sa.Boolean(), nullable=False),
        sa.Column("rubric", JSON, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "status = 'proposed' or status = 'cancelled' or starts_at is not null",
            name=op.f("ck_interviews_has_a_time"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_interviews_times")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["applications.tenant_id", "applications.id"],
            name=op.f("fk_interviews_tenant_id_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "candidate_id"],
            ["candidates.tenant_id", "candidates.id"],
            name=op.f("fk_interviews_tenant_id_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "kit_id"],
            ["interview_kits.tenant_id", "interview_kits.id"],
            name=op.f("fk_interviews_tenant_id_kit_id_interview_kits"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_interviews_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interviews")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_interviews_tenant_id_id")),
    )
    with op.batch_alter_table("interviews", schema=None) as batch_op:
        batch_op.create_index("ix_interviews_tenant_id_application_id", ["tenant_id", "application_id"], unique=False)
        batch_op.create_index("ix_interviews_tenant_id_candidate_id", ["tenant_id", "candidate_id"], unique=False)
        batch_op.create_index("ix_interviews_tenant_id_created_at_id", ["tenant_id", "created_at", "id"], unique=False)
        batch_op.create_index("ix_interviews_tenant_id_starts_at_id", ["tenant_id", "starts_at", "id"], unique=False)
        batch_op.create_index(
            "ix_interviews_tenant_id_status_ends_at", ["tenant_id", "status", "ends_at"], unique=False
        )

    op.create_table(
        "interview_panelists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=True),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interview_id"],
            ["interviews.tenant_id", "interviews.id"],
            name=op.f("fk_interview_panelists_tenant_id_interview_id_interviews"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_interview_panelists_tenant_id_user_id_users"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_interview_panelists_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_panelists")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_interview_panelists_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id", "interview_id", "user_id", name=op.f("uq_interview_panelists_tenant_id_interview_id_user_id")
        ),
    )
    with op.batch_alter_table("interview_panelists", schema=None) as batch_op:
        batch_op.create_index(
            "ix_interview_panelists_tenant_id_user_id_starts_at", ["tenant_id", "user_id", "starts_at"], unique=False
        )

    op.create_table(
        "interview_scorecards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recommendation",
            sa.Enum(
                "strong_no",
                "no",
                "yes",
                "strong_yes",
                name=op.f("ck_interview_scorecards_recommendation"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("ratings", JSON, nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["applications.tenant_id", "applications.id"],
            name=op.f("fk_interview_scorecards_tenant_id_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "author_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_interview_scorecards_tenant_id_author_id_users"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "candidate_id"],
            ["candidates.tenant_id", "candidates.id"],
            name=op.f("fk_interview_scorecards_tenant_id_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interview_id"],
            ["interviews.tenant_id", "interviews.id"],
            name=op.f("fk_interview_scorecards_tenant_id_interview_id_interviews"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_interview_scorecards_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_scorecards")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_interview_scorecards_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "interview_id",
            "author_id",
            name=op.f("uq_interview_scorecards_tenant_id_interview_id_author_id"),
        ),
    )
    with op.batch_alter_table("interview_scorecards", schema=None) as batch_op:
        batch_op.create_index(
            "ix_interview_scorecards_tenant_id_application_id", ["tenant_id", "application_id"], unique=False
        )
        batch_op.create_index(
            "ix_interview_scorecards_tenant_id_candidate_id", ["tenant_id", "candidate_id"], unique=False
        )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("create extension if not exists btree_gist")
        op.execute(ONE_PLACE_AT_A_TIME)
    for table in TABLES:
        enable_row_security(table)


def downgrade() -> None:
    op.drop_table("interview_scorecards")
    op.drop_table("interview_panelists")
    op.drop_table("interviews")
    op.drop_table("interviewer_availabilities")
    op.drop_table("interview_kits")
