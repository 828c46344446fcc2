"""Marks of candidates for a job.

Revision ID: 0058
Revises: 0057
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.row_security import enable_row_security

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLE = "candidate_marks"


def upgrade() -> None:
    marks = sa.Enum(
        "seen",
        "shortlisted",
        "passed_over",
        name=op.f("ck_candidate_marks_mark"),
        native_enum=False,
        create_constraint=True,
        length=32,
    )
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("mark", marks, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_candidate_marks_tenant_id_tenants"), ondelete="CASCADE"
        ),
        _within("job_id", "jobs", "CASCADE"),
        _within("candidate_id", "candidates", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_marks")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_candidate_marks_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id", "job_id", "candidate_id", name=op.f("uq_candidate_marks_tenant_id_job_id_candidate_id")
        ),
    )
    op.create_index("ix_candidate_marks_tenant_id_candidate_id", TABLE, ["tenant_id", "candidate_id"])
    enable_row_security(TABLE)


def downgrade() -> None:
    op.drop_table(TABLE)


def _within(column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{target}.tenant_id", f"{target}.id"],
        name=op.f(f"fk_candidate_marks_tenant_id_{column}_{target}"),
        ondelete=ondelete,
    )
