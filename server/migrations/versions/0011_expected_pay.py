"""What candidates expect to be paid.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.triggers import kept_triggers

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
WHOLE = "(pay_amount is null) = (pay_currency is null) and (pay_amount is null) = (pay_period is null)"
PERIODS = ("hour", "day", "month", "year")


def upgrade() -> None:
    with kept_triggers("candidates"), op.batch_alter_table("candidates") as candidates:
        candidates.add_column(sa.Column("pay_amount", sa.Numeric(12, 2), nullable=True))
        candidates.add_column(sa.Column("pay_currency", sa.String(length=3), nullable=True))
        candidates.add_column(sa.Column("pay_period", sa.String(length=32), nullable=True))
        candidates.create_check_constraint(op.f("ck_candidates_pay"), WHOLE)
        candidates.create_check_constraint(op.f("ck_candidates_pay_period"), sa.column("pay_period").in_(PERIODS))
    _let_them_see_on()


def _let_them_see_on() -> None:
    """Who saw contact points of candidates before they had a right of their own goes on seeing them."""
    bind = op.get_bind()
    for table, column in (("roles", "custom_permissions"), ("api_keys", "permissions")):
        rows = sa.table(table, sa.column("id"), sa.column(column, JSON))
        for row_id, held in bind.execute(sa.select(rows.c.id, rows.c[column])).all():
            if any(name.startswith("candidates.view_") for name in held or []) and "candidates.pii" not in held:
                more = sorted([*held, "candidates.pii"])
                bind.execute(sa.update(rows).where(rows.c.id == row_id).values({column: more}))


def downgrade() -> None:
    with kept_triggers("candidates"), op.batch_alter_table("candidates") as candidates:
        candidates.drop_constraint(op.f("ck_candidates_pay_period"), type_="check")
        candidates.drop_constraint(op.f("ck_candidates_pay"), type_="check")
        for name in ("pay_period", "pay_currency", "pay_amount"):
            candidates.drop_column(name)
