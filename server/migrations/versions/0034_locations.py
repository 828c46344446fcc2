"""Places of work.

Revision ID: 0034
Revises: 0033
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.row_security import enable_row_security

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("locations",)


def upgrade() -> None:
    op.create_table(
        "locations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=True),
        sa.Column("postal_code", sa.String(length=20), nullable=True),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("region", sa.String(length=100), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_locations_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_locations_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_locations_tenant_id_key")),
    )
    with op.batch_alter_table("job_templates", schema=None) as batch_op:
        batch_op.add_column(sa.Column("location_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_job_templates_tenant_id_location_id_locations"),
            "locations",
            ["tenant_id", "location_id"],
            ["tenant_id", "id"],
            ondelete="RESTRICT",
        )

    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("location_id", sa.Uuid(), nullable=True))
        batch_op.create_index("ix_jobs_tenant_id_location_id", ["tenant_id", "location_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_jobs_tenant_id_location_id_locations"),
            "locations",
            ["tenant_id", "location_id"],
            ["tenant_id", "id"],
            ondelete="RESTRICT",
        )
    for table in TABLES:
        enable_row_security(table)


def downgrade() -> None:
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_jobs_tenant_id_location_id_locations"), type_="foreignkey")
        batch_op.drop_index("ix_jobs_tenant_id_location_id")
        batch_op.drop_column("location_id")

    with op.batch_alter_table("job_templates", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_job_templates_tenant_id_location_id_locations"), type_="foreignkey")
        batch_op.drop_column("location_id")

    op.drop_table("locations")
