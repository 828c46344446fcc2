"""Names of stages that were taken out are free again.

Revision ID: 0032
Revises: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("job_stages", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_job_stages_tenant_id_job_id_name"), type_="unique")
        batch_op.create_index(
            "uq_job_stages_tenant_id_job_id_name_present",
            ["tenant_id", "job_id", "name"],
            unique=True,
            sqlite_where=sa.text("position is not null"),
            postgresql_where=sa.text("position is not null"),
        )


def downgrade() -> None:
    with op.batch_alter_table("job_stages", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_job_stages_tenant_id_job_id_name_present",
            sqlite_where=sa.text("position is not null"),
            postgresql_where=sa.text("position is not null"),
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_job_stages_tenant_id_job_id_name"), ["tenant_id", "job_id", "name"]
        )
