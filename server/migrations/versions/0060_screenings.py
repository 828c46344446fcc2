"""Screenings: what failed, and who decided.

Revision ID: 0060
Revises: 0059
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.row_security import enable_row_security

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
TABLE = "screenings"


def upgrade() -> None:
    states = sa.Enum(
        *"waiting confirmed overturned automatic void".split(),
        name=op.f("ck_screenings_status"),
        native_enum=False,
        create_constraint=True,
        length=32,
    )
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("status", states, nullable=False),
        sa.Column("status_reason", sa.String(length=500), nullable=True),
        sa.Column("failed", JSON, nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_screenings_tenant_id_tenants"), ondelete="CASCADE"
        ),
        _within("application_id", "applications", "CASCADE"),
        _within("candidate_id", "candidates", "CASCADE"),
        _within("job_id", "jobs", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screenings")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_screenings_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "application_id", name=op.f("uq_screenings_tenant_id_application_id")),
    )
    columns = ["tenant_id", "status", "created_at", "id"]
    op.create_index("ix_screenings_tenant_id_status_created_at_id", TABLE, columns)
    for column in ("job_id", "candidate_id"):
        op.create_index(f"ix_screenings_tenant_id_{column}", TABLE, ["tenant_id", column])
    enable_row_security(TABLE)
    waits = sa.Column("awaits_screening", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("applications", waits)


def downgrade() -> None:
    op.drop_column("applications", "awaits_screening")
    op.drop_table(TABLE)


def _within(column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{target}.tenant_id", f"{target}.id"],
        name=op.f(f"fk_screenings_tenant_id_{column}_{target}"),
        ondelete=ondelete,
    )
