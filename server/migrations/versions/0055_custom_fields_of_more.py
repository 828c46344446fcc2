"""Custom fields of jobs, applications and offers.

Revision ID: 0055
Revises: 0054
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")
TABLES = ("jobs", "applications", "offers")
SUBJECTS = "candidate job application offer".split()


def upgrade() -> None:
    # Outside a batch, which would rebuild the table on SQLite: the default is what the model has, too.
    for table in TABLES:
        op.add_column(table, sa.Column("custom_fields", JSON, nullable=False, server_default="{}"))
    choice = sa.Enum(
        *SUBJECTS, name=op.f("ck_custom_fields_subject"), native_enum=False, create_constraint=True, length=32
    )
    with op.batch_alter_table("custom_fields") as batch:
        batch.add_column(sa.Column("subject", choice, nullable=False, server_default="candidate"))
        batch.drop_constraint("uq_custom_fields_tenant_id_key", type_="unique")
        batch.create_unique_constraint("uq_custom_fields_tenant_id_subject_key", ["tenant_id", "subject", "key"])


def downgrade() -> None:
    """Go back; fields of jobs, applications and offers are lost."""
    op.execute("delete from custom_fields where subject <> 'candidate'")
    with op.batch_alter_table("custom_fields") as batch:
        batch.drop_constraint("uq_custom_fields_tenant_id_subject_key", type_="unique")
        batch.create_unique_constraint("uq_custom_fields_tenant_id_key", ["tenant_id", "key"])
        batch.drop_constraint(op.f("ck_custom_fields_subject"), type_="check")
        batch.drop_column("subject")
    for table in TABLES:
        op.drop_column(table, "custom_fields")
