"""`application_stays` is called `stage_history`, as the trade calls it.

Constraints and indexes bear the name of their table, so the rows move to a new one.

Revision ID: 0043
Revises: 0042
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.copies import move_rows
from migrations.row_security import enable_row_security

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

STATES = ("active", "rejected", "withdrawn", "hired", "transferred")
MOMENT = sa.DateTime(timezone=True)
PRESENT = sa.text("left_at is null")
COLUMNS = "id, tenant_id, application_id, job_id, stage_id, status, entered_at, left_at, created_at, updated_at"


def upgrade() -> None:
    _move("application_stays", "stage_history")


def downgrade() -> None:
    _move("stage_history", "application_stays")


def _move(source: str, target: str) -> None:
    _create(target)
    move_rows(source, target, COLUMNS)
    enable_row_security(target)


def _create(name: str) -> None:
    status = sa.Enum(*STATES, name=op.f(f"ck_{name}_status"), native_enum=False, create_constraint=True, length=32)
    op.create_table(
        name,
        *(sa.Column(key, sa.Uuid(), nullable=False) for key in ("id", "tenant_id", "application_id", "job_id")),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("status", status, nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("left_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        _foreign_key(name, "application_id", "applications", "CASCADE"),
        _foreign_key(name, "job_id", "jobs", "RESTRICT"),
        _foreign_key(name, "stage_id", "job_stages", "RESTRICT"),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f(f"fk_{name}_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{name}_tenant_id_id")),
    )
    op.create_index(f"ix_{name}_tenant_id_application_id", name, ["tenant_id", "application_id", "entered_at"])
    op.create_index(f"ix_{name}_tenant_id_entered_at_id", name, ["tenant_id", "entered_at", "id"])
    op.create_index(f"ix_{name}_tenant_id_job_id_entered_at", name, ["tenant_id", "job_id", "entered_at"])
    op.create_index(
        f"uq_{name}_tenant_id_application_id_present",
        name,
        ["tenant_id", "application_id"],
        unique=True,
        sqlite_where=PRESENT,
        postgresql_where=PRESENT,
    )


def _foreign_key(name: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{target}.tenant_id", f"{target}.id"],
        name=op.f(f"fk_{name}_tenant_id_{column}_{target}"),
        ondelete=ondelete,
    )
