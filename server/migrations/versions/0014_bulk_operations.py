"""Actions on many candidates, kept so that they can be undone.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.row_security import enable_row_security

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)
TABLE = "candidate_bulk_operations"
POINTS = (("user_id", "users"), ("target_user_id", "users"), ("tag_id", "candidate_tags"), ("pool_id", "talent_pools"))


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        *(sa.Column(column, sa.Uuid(), nullable=True) for column, _ in POINTS),
        sa.Column("results", JSON, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f(f"fk_{TABLE}_tenant_id_tenants"), ondelete="CASCADE"
        ),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                [f"{table}.tenant_id", f"{table}.id"],
                name=op.f(f"fk_{TABLE}_tenant_id_{column}_{table}"),
                ondelete="CASCADE",
            )
            for column, table in POINTS
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{TABLE}_tenant_id_id")),
    )
    op.create_index(f"ix_{TABLE}_tenant_id_created_at_id", TABLE, ["tenant_id", "created_at", "id"])
    enable_row_security(TABLE)


def downgrade() -> None:
    op.drop_table(TABLE)
