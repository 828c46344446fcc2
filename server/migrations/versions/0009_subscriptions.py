"""Custom plans, subscriptions with their history, limits beside the use, use of the API by day.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from migrations.row_security import disable_row_security, enable_row_security

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
LIMITS = ("max_users", "max_candidates", "max_storage_bytes")
LIVE = sa.text("ended_at is null")


def upgrade() -> None:
    _widen_plans()
    with op.batch_alter_table("tenant_counters") as counters:
        counters.add_column(sa.Column("jobs", sa.Integer(), nullable=False, server_default="0"))
        counters.add_column(sa.Column("max_users", sa.Integer(), nullable=False, server_default="0"))
        counters.add_column(sa.Column("max_candidates", sa.Integer(), nullable=False, server_default="0"))
        counters.add_column(sa.Column("max_storage_bytes", sa.BigInteger(), nullable=False, server_default="0"))
    _create_subscriptions()
    _create_api_use()
    _fill(op.get_bind())


def downgrade() -> None:
    op.drop_table("tenant_api_use")
    op.drop_table("tenant_subscriptions")
    with op.batch_alter_table("tenant_counters") as counters:
        for name in (*reversed(LIMITS), "jobs"):
            counters.drop_column(name)
    _leave_custom_plans(op.get_bind())
    disable_row_security("subscription_plans")
    with op.batch_alter_table("subscription_plans") as plans:
        plans.drop_constraint("fk_subscription_plans_for_tenant_id_tenants", type_="foreignkey")
        plans.drop_index("ix_subscription_plans_for_tenant_id")
        for name in ("for_tenant_id", "version", "name"):
            plans.drop_column(name)


def _widen_plans() -> None:
    with op.batch_alter_table("subscription_plans") as plans:
        plans.add_column(sa.Column("name", sa.String(length=200), nullable=False, server_default=""))
        plans.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        plans.add_column(sa.Column("for_tenant_id", sa.Uuid(), nullable=True))
        plans.create_index("ix_subscription_plans_for_tenant_id", ["for_tenant_id"])
        plans.create_foreign_key(
            "fk_subscription_plans_for_tenant_id_tenants", "tenants", ["for_tenant_id"], ["id"], ondelete="CASCADE"
        )
    enable_row_security("subscription_plans", "for_tenant_id", besides="for_tenant_id is null")
    op.execute("update subscription_plans set name = upper(substr(code, 1, 1)) || lower(substr(code, 2))")


def _create_subscriptions() -> None:
    op.create_table(
        "tenant_subscriptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("plan_code", sa.String(length=40), nullable=False),
        sa.Column("billing_period", sa.String(length=32), nullable=False),
        sa.Column("price_usd", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            sa.column("billing_period").in_(("monthly", "yearly")),
            name=op.f("ck_tenant_subscriptions_billing_period"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_tenant_subscriptions_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant_subscriptions")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_tenant_subscriptions_tenant_id_id")),
    )
    op.create_index(
        "uq_tenant_subscriptions_tenant_id_live",
        "tenant_subscriptions",
        ["tenant_id"],
        unique=True,
        postgresql_where=LIVE,
        sqlite_where=LIVE,
    )
    op.create_index(
        "ix_tenant_subscriptions_tenant_id_started_at_id", "tenant_subscriptions", ["tenant_id", "started_at", "id"]
    )
    enable_row_security("tenant_subscriptions")


def _create_api_use() -> None:
    op.create_table(
        "tenant_api_use",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_tenant_api_use_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant_api_use")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_tenant_api_use_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "day", name=op.f("uq_tenant_api_use_tenant_id_day")),
    )
    enable_row_security("tenant_api_use")


def _fill(bind: sa.Connection) -> None:
    """Limits and jobs of the tenants that are there, and a subscription that began with them."""
    of_plan = "(select {} from subscription_plans p join tenants t on t.plan_id = p.id where t.id = tenant_counters.tenant_id)"
    values = ", ".join(f"{name} = {of_plan.format('p.' + name)}" for name in LIMITS)
    jobs = "(select count(*) from jobs where jobs.tenant_id = tenant_counters.tenant_id)"
    bind.exec_driver_sql(f"update tenant_counters set jobs = {jobs}, {values}")
    tenants = sa.table("tenants", *map(sa.column, ("id", "plan_id")))
    plans = sa.table("subscription_plans", *map(sa.column, ("id", "code", "monthly_usd")))
    table = sa.table(
        "tenant_subscriptions",
        sa.column("id", sa.Uuid),
        sa.column("started_at", MOMENT),
        sa.column("created_at", MOMENT),
        sa.column("updated_at", MOMENT),
        *map(sa.column, ("tenant_id", "plan_code", "billing_period", "price_usd", "actor_kind")),
    )
    now = datetime.now(UTC)
    found = bind.execute(
        sa.select(tenants.c.id, plans.c.code, plans.c.monthly_usd).join_from(
            tenants, plans, plans.c.id == tenants.c.plan_id
        )
    )
    rows = [
        {
            "id": uuid.uuid4(),
            "tenant_id": tenant_id,
            "plan_code": code,
            "billing_period": "monthly",
            "price_usd": price,
            "actor_kind": "system",
            "started_at": now,
            "created_at": now,
            "updated_at": now,
        }
        for tenant_id, code, price in found
    ]
    if rows:
        bind.execute(table.insert(), rows)


def _leave_custom_plans(bind: sa.Connection) -> None:
    """The schema before knows no custom plan: its tenants get the largest standard one."""
    largest = "(select id from subscription_plans where code = 'ENTERPRISE')"
    custom = "select id from subscription_plans where for_tenant_id is not null"
    bind.exec_driver_sql(f"update tenants set plan_id = {largest} where plan_id in ({custom})")
    bind.exec_driver_sql("delete from subscription_plans where for_tenant_id is not null")
