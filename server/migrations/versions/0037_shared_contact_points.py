"""A contact point names one person, and others may have it too: a family's phone, a switchboard.

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

OLD, NEW = "uq_candidate_contacts_tenant_id_kind_value", "uq_candidate_contacts_tenant_id_kind_value_shared_by"
NOBODY = "0" * 32


def upgrade() -> None:
    with op.batch_alter_table("candidate_contacts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shared_by", sa.Uuid(), nullable=False, server_default=NOBODY))
        batch_op.drop_constraint(OLD, type_="unique")
        batch_op.create_unique_constraint(batch_op.f(NEW), ["tenant_id", "kind", "value", "shared_by"])


def downgrade() -> None:
    op.execute(f"delete from candidate_contacts where shared_by <> '{NOBODY}'")
    with op.batch_alter_table("candidate_contacts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(NEW), type_="unique")
        batch_op.create_unique_constraint(batch_op.f(OLD), ["tenant_id", "kind", "value"])
        batch_op.drop_column("shared_by")
