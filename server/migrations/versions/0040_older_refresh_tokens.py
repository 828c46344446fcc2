"""A refresh token that was overtaken on its way still has its answer; the owner ends tenants, and leaves a trace of it.

Revision ID: 0040
Revises: 0039
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

SESSIONS = ("auth_sessions", "platform_sessions")
OLDER = ("older_hash", "older_seed")
# What is left of a tenant when its ledger is gone. The application may not delete tenants: that cascades into the ledger.
END = """
create or replace function tenant_end() returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from tenants where id = nullif(current_setting('app.tenant_id', true), '')::uuid and delete_after <= now();
  return found;
end $$
"""
# As in 0039, with a trace that whoever calls it cannot leave out.
PURGE = """
create or replace function ledger_purge(at_most integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  tenant uuid := (select id from tenants where id = nullif(current_setting('app.tenant_id', true), '')::uuid
                  and delete_after <= now());
  changed integer;
begin
  delete from events where tenant_id = tenant
    and id in (select id from events where tenant_id = tenant limit at_most);
  get diagnostics changed = row_count;
  if changed = 0 then
    delete from ledger_checkpoints where tenant_id = tenant
      and id in (select id from ledger_checkpoints where tenant_id = tenant limit at_most);
    get diagnostics changed = row_count;
  end if;
  {trace}
  return changed;
end $$
"""
TRACE = """
  if changed > 0 then
    insert into platform_events (id, type, actor_kind, subject_type, subject_id, data, created_at, updated_at)
    values (gen_random_uuid(), 'tenant.ledger_purged', 'database', 'tenants', tenant,
            json_build_object('rows', changed), now(), now());
  end if;
"""


def upgrade() -> None:
    for table in SESSIONS:  # the code of some days made these columns in the migrations before
        present = {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in (name for name in OLDER if name not in present):
                batch_op.add_column(sa.Column(name, sa.String(length=64), nullable=True))
            if "rotated_at" not in present:
                batch_op.add_column(sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("update platform_sessions set rotated_at = created_at where rotated_at is null")
    with op.batch_alter_table("platform_sessions", schema=None) as batch_op:
        batch_op.alter_column("rotated_at", nullable=False)
    if op.get_bind().dialect.name == "postgresql":
        op.get_bind().exec_driver_sql(END)
        op.get_bind().exec_driver_sql(PURGE.replace("{trace}", TRACE))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function tenant_end()")
        op.get_bind().exec_driver_sql(PURGE.replace("{trace}", ""))
    with op.batch_alter_table("platform_sessions", schema=None) as batch_op:
        batch_op.drop_column("rotated_at")
    for table in reversed(SESSIONS):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in reversed(OLDER):
                batch_op.drop_column(name)
