"""What candidates expect to be paid.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.triggers import kept_triggers

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WHOLE = "(pay_amount is null) = (pay_currency is null) and (pay_amount is null) = (pay_period is null)"
PERIODS = ("hour", "day", "month", "year")


def upgrade() -> None:
    with kept_triggers("candidates"), op.batch_alter_table("candidates") as candidates:
        candidates.add_column(sa.Column("pay_amount", sa.Numeric(12, 2), nullable=True))
        candidates.add_column(sa.Column("pay_currency", sa.String(length=3), nullable=True))
        candidates.add_column(sa.Column("pay_period", sa.String(length=32), nullable=True))
        candidates.create_check_constraint(op.f("ck_candidates_pay"), WHOLE)
        candidates.create_check_constraint(op.f("ck_candidates_pay_period"), sa.column("pay_period").in_(PERIODS))


def downgrade() -> None:
    with kept_triggers("candidates"), op.batch_alter_table("candidates") as candidates:
        candidates.drop_constraint(op.f("ck_candidates_pay_period"), type_="check")
        candidates.drop_constraint(op.f("ck_candidates_pay"), type_="check")
        for name in ("pay_period", "pay_currency", "pay_amount"):
            candidates.drop_column(name)
