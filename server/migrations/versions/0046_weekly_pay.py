"""Pay per week, and search words in plain letters: Łukasz is found as lukasz.

Revision ID: 0046
Revises: 0045
"""

from __future__ import annotations

from alembic import op

from migrations.promises import enqueue_for_each_tenant
from migrations.states import allow
from migrations.triggers import kept_triggers

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

EVENT = "candidate_search/outdated"
TABLES = ("candidates", "jobs", "offers")
PERIODS = ("hour", "day", "month", "year")


def upgrade() -> None:
    _allow(*PERIODS, "week")
    enqueue_for_each_tenant(EVENT)


def downgrade() -> None:
    op.execute(f"delete from outbox where name = '{EVENT}'")
    # What was weekly has no other name; a month is four of them, as near as the column can tell.
    for table, amounts in (
        ("candidates", ("pay_amount",)),
        ("offers", ("pay_amount",)),
        ("jobs", ("pay_min", "pay_max")),
    ):
        monthly = ", ".join(f"{amount} = {amount} * 52 / 12" for amount in amounts)
        op.execute(f"update {table} set pay_period = 'month', {monthly} where pay_period = 'week'")
    _allow(*PERIODS)


def _allow(*periods: str) -> None:
    for table in TABLES:
        with kept_triggers(table), op.batch_alter_table(table) as batch:
            allow(batch, table, *periods, column="pay_period")
