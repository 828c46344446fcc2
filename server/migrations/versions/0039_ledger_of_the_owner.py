"""The only ways to change the ledger are two functions of its owner: the words of an erasure, the end of a tenant.

They run with the owner's rights and stay behind row security: it is forced, and reads the settings of the caller.

Revision ID: 0039
Revises: 0038
"""

from __future__ import annotations

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

FORGET = """
create function ledger_forget_reasons(ids uuid[]) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare changed integer;
begin
  update events set reason = null, reason_salt = null
  where id = any(ids) and reason is not null and reason_digest is not null;
  get diagnostics changed = row_count;
  return changed;
end $$
"""
# Only of a tenant whose grace is over, and a few rows at a time.
PURGE = """
create function ledger_purge(at_most integer) returns integer
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
  return changed;
end $$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.get_bind().exec_driver_sql(FORGET)
        op.get_bind().exec_driver_sql(PURGE)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function ledger_forget_reasons(uuid[])")
        op.execute("drop function ledger_purge(integer)")
