"""Mail rules.

Revision ID: 0062
Revises: 0061
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.row_security import enable_row_security

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLE = "mail_rules"
TRIGGERS = (
    "application_received application_moved application_rejected application_hired interview_invitation "
    "interview_reminder interview_cancelled"
).split()


def upgrade() -> None:
    triggers = sa.Enum(
        *TRIGGERS, name=op.f("ck_mail_rules_trigger"), native_enum=False, create_constraint=True, length=32
    )
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("trigger", triggers, nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("delay_minutes", sa.Integer(), nullable=True),
        sa.Column("template", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_mail_rules_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_rules")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_mail_rules_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "trigger", name=op.f("uq_mail_rules_tenant_id_trigger")),
    )
    enable_row_security(TABLE)


def downgrade() -> None:
    op.drop_table(TABLE)
