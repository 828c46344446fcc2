"""Tables of tenants, for migrations: the columns, keys and row security that all of them have."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.row_security import enable_row_security

JSON = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def create_tenant_table(table: str, *own: Any) -> None:
    """Create a table with the id, the tenant and the times of all models, and row security."""
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


def within(table: str, column: str, target: str, ondelete: str = "RESTRICT") -> sa.ForeignKeyConstraint:
    """Return the key from a column to a row of the same tenant."""
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{target}.tenant_id", f"{target}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}_{target}"),
        ondelete=ondelete,
    )


def unique(table: str, *columns: str) -> sa.UniqueConstraint:
    """Return a unique key within the tenant."""
    return sa.UniqueConstraint("tenant_id", *columns, name=op.f(f"uq_{table}_tenant_id_{'_'.join(columns)}"))


def index(table: str, *columns: str) -> None:
    """Create an index that begins with the tenant."""
    op.create_index(f"ix_{table}_tenant_id_{'_'.join(columns)}", table, ["tenant_id", *columns])


def choice(table: str, column: str, *values: str) -> sa.Enum:
    """Return the type of a column with one of these values."""
    name = op.f(f"ck_{table}_{column}")
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
