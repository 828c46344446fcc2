"""Policies whose settings are read once per statement and whose selectivity the planner does not count twice.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BEFORE = "{column} = nullif(current_setting('app.tenant_id', true), '')::uuid or current_setting('app.platform', true) = 'on'"
AFTER = """case when (select current_setting('app.platform', true) = 'on') then true
  else {column} = (select nullif(current_setting('app.tenant_id', true), '')::uuid) end"""


def upgrade() -> None:
    _rewrite(AFTER)


def downgrade() -> None:
    _rewrite(BEFORE)


def _rewrite(policy: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    walled = "select tablename from pg_policies where policyname = 'tenant_wall' and schemaname = current_schema()"
    for table in connection.execute(sa.text(walled)).scalars().all():
        wall = policy.format(column="id" if table == "tenants" else "tenant_id")
        connection.exec_driver_sql(f"alter policy tenant_wall on {table} using ({wall}) with check ({wall})")
