"""Imports of tables of candidates.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.row_security import enable_row_security

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "candidate_imports",
    "candidate_import_rows",
)


def upgrade() -> None:
    op.create_table(
        "candidate_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("storage_key", sa.String(length=200), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "running",
                "done",
                "stopped",
                name=op.f("ck_candidate_imports_status"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("is_dry_run", sa.Boolean(), nullable=False),
        sa.Column(
            "on_duplicate",
            sa.Enum(
                "skip",
                "update",
                name=op.f("ck_candidate_imports_on_duplicate"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_candidate_imports_tenant_id_user_id_users"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_candidate_imports_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_imports")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_candidate_imports_tenant_id_id")),
    )
    with op.batch_alter_table("candidate_imports", schema=None) as batch_op:
        batch_op.create_index(
            "ix_candidate_imports_tenant_id_created_at_id", ["tenant_id", "created_at", "id"], unique=False
        )

    op.create_table(
        "candidate_import_rows",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "created",
                "updated",
                "skipped",
                "failed",
                name=op.f("ck_candidate_import_rows_result"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("made_id", sa.Uuid(), nullable=True),
        sa.Column("errors", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "import_id"],
            ["candidate_imports.tenant_id", "candidate_imports.id"],
            name=op.f("fk_candidate_import_rows_tenant_id_import_id_candidate_imports"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_candidate_import_rows_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_import_rows")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_candidate_import_rows_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id", "import_id", "number", name=op.f("uq_candidate_import_rows_tenant_id_import_id_number")
        ),
    )
    for table in TABLES:
        enable_row_security(table)


def downgrade() -> None:
    op.drop_table("candidate_import_rows")
    op.drop_table("candidate_imports")
