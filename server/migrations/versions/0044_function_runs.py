"""`job_runs` is called `function_runs`: a job is a position.

Revision ID: 0044
Revises: 0043
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.copies import move_rows

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)
STATES = ("waiting", "running", "completed", "failed")
COLUMNS = (
    "id, function_id, event_id, event, status, steps, attempt, wake_at, lease_until, error, created_at, updated_at"
)


def upgrade() -> None:
    _move("job_runs", "function_runs")


def downgrade() -> None:
    _move("function_runs", "job_runs")


def _move(source: str, target: str) -> None:
    status = sa.Enum(*STATES, name=op.f(f"ck_{target}_status"), native_enum=False, create_constraint=True, length=32)
    op.create_table(
        target,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("function_id", sa.String(120), nullable=False),
        sa.Column("event_id", sa.String(120), nullable=False),
        sa.Column("event", JSON, nullable=False),
        sa.Column("status", status, nullable=False),
        sa.Column("steps", JSON, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("wake_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{target}")),
        sa.UniqueConstraint("function_id", "event_id", name=op.f(f"uq_{target}_function_id_event_id")),
    )
    op.create_index(f"ix_{target}_status_wake_at", target, ["status", "wake_at"])
    move_rows(source, target, COLUMNS)
