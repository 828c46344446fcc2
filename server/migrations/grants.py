"""Privileges of the application's role if another role owns the tables: everything except changing the audit trail or
deleting a tenant, which would delete its audit trail.

`manage.py migrate` grants this after each run, so that new tables are covered. PostgreSQL only.
"""

from __future__ import annotations

import sqlalchemy as sa

LEDGER = ("events", "platform_events", "ledger_checkpoints")
# The owner's functions make the only changes that a ledger allows (decision 0024).
FUNCTIONS = ("ledger_forget_reasons(uuid[])", "ledger_purge(integer)", "tenant_end()")
ALLOWED = dict.fromkeys(LEDGER, "select, insert") | {"alembic_version": "select", "tenants": "select, insert, update"}


def grant(connection: sa.Connection, role: str) -> None:
    """Grant `role` all rows, only select and insert on the audit trail, and the owner's functions."""
    name = connection.dialect.identifier_preparer.quote(role)
    present = set(sa.inspect(connection).get_table_names())
    connection.exec_driver_sql(f"grant usage on schema public to {name}")
    connection.exec_driver_sql(f"grant select, insert, update, delete on all tables in schema public to {name}")
    for table in present & ALLOWED.keys():
        connection.exec_driver_sql(f"revoke all on {table} from {name}")  # granted by the line above the loop
        connection.exec_driver_sql(f"grant {ALLOWED[table]} on {table} to {name}")
    for function in filter(lambda function: _exists(connection, function), FUNCTIONS):
        # PostgreSQL lets every role execute a new function.
        connection.exec_driver_sql(f"revoke all on function {function} from public")
        connection.exec_driver_sql(f"grant execute on function {function} to {name}")


def _exists(connection: sa.Connection, function: str) -> bool:
    """Whether the schema has `function`, which it may lack after a downgrade."""
    return connection.scalar(sa.text("select to_regprocedure(:function)"), {"function": function}) is not None
