"""Departments, and what a job says of employment, workplace and pay.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.row_security import enable_row_security

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
CHOICES = {
    "employment_type": ("full_time", "part_time", "contract", "temporary", "internship", "volunteer"),
    "workplace": ("onsite", "hybrid", "remote"),
    "pay_period": ("hour", "day", "month", "year"),
}
WHOLE_PAY = (
    "(pay_currency is null) = (pay_period is null) and (pay_currency is null) = (coalesce(pay_min, pay_max) is null)"
)
CHECKS = {"pay": WHOLE_PAY, "pay_range": "pay_min <= pay_max"}
KEY = "fk_jobs_tenant_id_department_id_departments"
INDEX = "ix_jobs_tenant_id_department_id_created_at_id"


def upgrade() -> None:
    op.create_table(
        "departments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_departments_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departments")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_departments_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_departments_tenant_id_key")),
    )
    enable_row_security("departments")
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("department_id", sa.Uuid(), nullable=True))
        for name, values in CHOICES.items():
            jobs.add_column(sa.Column(name, sa.String(length=32), nullable=True))
            jobs.create_check_constraint(op.f(f"ck_jobs_{name}"), sa.column(name).in_(values))
        for name in ("pay_min", "pay_max"):
            jobs.add_column(sa.Column(name, sa.Numeric(precision=12, scale=2), nullable=True))
        jobs.add_column(sa.Column("pay_currency", sa.String(length=3), nullable=True))
        for name, condition in CHECKS.items():
            jobs.create_check_constraint(op.f(f"ck_jobs_{name}"), sa.text(condition))
        jobs.create_index(INDEX, ["tenant_id", "department_id", "created_at", "id"])
        jobs.create_foreign_key(
            KEY, "departments", ["tenant_id", "department_id"], ["tenant_id", "id"], ondelete="RESTRICT"
        )


def downgrade() -> None:
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_constraint(KEY, type_="foreignkey")
        jobs.drop_index(INDEX)
        for name in (*CHECKS, *CHOICES):
            jobs.drop_constraint(op.f(f"ck_jobs_{name}"), type_="check")
        for name in (*CHOICES, "pay_min", "pay_max", "pay_currency", "department_id"):
            jobs.drop_column(name)
    op.drop_table("departments")
