"""Earlier terms of offers.

Revision ID: 0053
Revises: 0052
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.row_security import enable_row_security

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATUSES = (
    "draft pending_approval approval_rejected approved sent viewed accepted declined expired rescinded reneged".split()
)
PERIODS = "hour day week month year".split()
EMPLOYMENT = "full_time part_time contract temporary internship volunteer".split()
TABLE = "offer_versions"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", _choice(STATUSES, "status"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("pay_amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("pay_currency", sa.String(length=3), nullable=False),
        sa.Column("pay_period", _choice(PERIODS, "pay_period"), nullable=False),
        sa.Column("employment_type", _choice(EMPLOYMENT, "employment_type"), nullable=True),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("viewed_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_offer_versions_tenant_id_tenants"), ondelete="CASCADE"
        ),
        _within("offer_id", "offers"),
        _within("application_id", "applications"),
        _within("candidate_id", "candidates"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_versions")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_offer_versions_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id", "offer_id", "revision", name=op.f("uq_offer_versions_tenant_id_offer_id_revision")
        ),
    )
    for column in ("application_id", "candidate_id"):
        op.create_index(f"ix_offer_versions_tenant_id_{column}", TABLE, ["tenant_id", column])
    enable_row_security(TABLE)


def downgrade() -> None:
    op.drop_table(TABLE)


def _choice(values: list[str], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _within(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{table}.tenant_id", f"{table}.id"],
        name=op.f(f"fk_offer_versions_tenant_id_{column}_{table}"),
        ondelete="CASCADE",
    )
