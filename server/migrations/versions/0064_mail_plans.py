"""Mail plans.

Revision ID: 0064
Revises: 0063
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.row_security import enable_row_security

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    states = sa.Enum(
        "draft",
        "sent",
        "undone",
        name=op.f("ck_mail_plans_status"),
        native_enum=False,
        create_constraint=True,
        length=32,
    )
    _create(
        "mail_plans",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("status", states, nullable=False),
        sa.Column("steps", JSON, nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _within("mail_plans", "job_id", "jobs"),
    )
    op.create_index("ix_mail_plans_tenant_id_created_at_id", "mail_plans", ["tenant_id", "created_at", "id"])
    table = "mail_plan_recipients"
    _create(
        table,
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("refusal", sa.String(length=40), nullable=True),
        _within(table, "plan_id", "mail_plans"),
        _within(table, "candidate_id", "candidates"),
        sa.UniqueConstraint(
            "tenant_id", "plan_id", "candidate_id", name=op.f(f"uq_{table}_tenant_id_plan_id_candidate_id")
        ),
    )
    op.create_index(f"ix_{table}_tenant_id_candidate_id", table, ["tenant_id", "candidate_id"])
    op.create_index(f"ix_{table}_tenant_id_plan_id_id", table, ["tenant_id", "plan_id", "id"])
    with op.batch_alter_table("email_messages") as batch:
        batch.add_column(sa.Column("plan_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_email_messages_tenant_id_plan_id_mail_plans"),
            "mail_plans",
            ["tenant_id", "plan_id"],
            ["tenant_id", "id"],
            ondelete="CASCADE",
        )
    op.create_index("ix_email_messages_tenant_id_plan_id", "email_messages", ["tenant_id", "plan_id"])


def downgrade() -> None:
    op.drop_index("ix_email_messages_tenant_id_plan_id", "email_messages")
    with op.batch_alter_table("email_messages") as batch:
        batch.drop_constraint(op.f("fk_email_messages_tenant_id_plan_id_mail_plans"), type_="foreignkey")
        batch.drop_column("plan_id")
    op.drop_table("mail_plan_recipients")
    op.drop_table("mail_plans")


def _create(table: str, *own: Any) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        *own,
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f(f"fk_{table}_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{table}_tenant_id_id")),
    )
    enable_row_security(table)


def _within(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{target}.tenant_id", f"{target}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}_{target}"),
        ondelete="CASCADE",
    )
