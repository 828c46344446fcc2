"""Checks of the privileges and timeouts of the application's database role; PostgreSQL only."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.extensions import db
from app.utils import scope

ROLE = "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
# pg_has_role: a role also has the rights of an owner whose member it is.
OWNED = """select count(*) from pg_class
where relkind = 'r' and relnamespace = 'public'::regnamespace and pg_has_role(current_user, relowner, 'usage')"""
# Deleting a tenant would delete its ledger, too.
LEDGER = """select bool_or(has_table_privilege(name, 'update') or has_table_privilege(name, 'delete')
  or has_table_privilege(name, 'truncate')) or has_table_privilege('tenants', 'delete')
from unnest(array['events', 'platform_events', 'ledger_checkpoints']) as name"""
TIMEOUTS = """select string_agg(name, ', ' order by name) from pg_settings
where name in ('lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout') and setting = '0'"""


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """The privileges of the application's role, and the timeouts its sessions lack (comma-separated, or None)."""

    bypasses_row_security: bool
    owned_tables: int
    may_change_ledger: bool
    missing_timeouts: str | None


def facts() -> DatabaseFacts:
    """Query the facts, as the application's role."""
    with scope.platform("checking the database role"):
        found = [db.session.scalar(sa.text(query)) for query in (ROLE, OWNED, LEDGER, TIMEOUTS)]
    return DatabaseFacts(bool(found[0]), int(found[1] or 0), bool(found[2]), found[3])
