"""Row security of tenant tables, for migrations."""

from __future__ import annotations

from alembic import op

# Subqueries read the settings once per statement, and CASE keeps the planner from counting a second filter (see 0003).
# On a reused connection, the setting of an ended transaction is an empty text instead of null, hence nullif.
WALL = """case when (select current_setting('app.platform', true) = 'on') then true
  else {column} = (select nullif(current_setting('app.tenant_id', true), '')::uuid) end"""


def enable_row_security(table: str, column: str = "tenant_id", besides: str = "") -> None:
    """Force row security on `table`; `besides` is a condition for rows that every tenant may read. PostgreSQL only."""
    if op.get_bind().dialect.name != "postgresql":
        return
    wall = WALL.format(column=column)
    seen = f"{besides} or {wall}" if besides else wall
    op.execute(f"alter table {table} enable row level security")
    # Without `force`, the table's owner would see all rows.
    op.execute(f"alter table {table} force row level security")
    # The check takes no `besides`: no tenant may write rows that every tenant reads.
    op.get_bind().exec_driver_sql(f"create policy tenant_wall on {table} using ({seen}) with check ({wall})")


def disable_row_security(table: str) -> None:
    """Undo `enable_row_security`, for a table that is not dropped. PostgreSQL only."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"drop policy tenant_wall on {table}")
        op.execute(f"alter table {table} no force row level security")
        op.execute(f"alter table {table} disable row level security")
