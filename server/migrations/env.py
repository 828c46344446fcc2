"""Runs the migrations on the application's engine, in the platform scope."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from app.models.base import engine
from app.utils import scope
from migrations import grants

db = current_app.extensions["migrate"].db
LOCK_TIMEOUT = "set local lock_timeout = '10s'"  # requests would queue behind a migration that waits for a lock


def include_object(thing: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Exclude Alembic's own table, which has no model."""
    return not (kind == "table" and name == "alembic_version")


def render_item(kind: str, thing: Any, autogen_context: Any) -> str | bool:
    """Render our column types as plain SQLAlchemy, so that old migrations do not depend on current code."""
    if kind != "type":
        return False
    if type(thing).__name__ == "UtcDateTime":
        return "sa.DateTime(timezone=True)"
    if isinstance(thing, sa.JSON):
        autogen_context.imports.add("from sqlalchemy.dialects.postgresql import JSONB")
        return 'sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")'
    return False


def owner_engine() -> sa.Engine:
    """Return the engine of the role that owns the tables, which may differ from the application's role."""
    settings = current_app.config["SETTINGS"]
    if not settings.database_owner_url:
        return db.engine
    # NullPool: the owner's connection closes with the migration.
    made = sa.create_engine(settings.owner_url, poolclass=sa.pool.NullPool)
    engine.configure(made, refuse_superuser=False)
    return made


def grant_to_application(connection: sa.Connection) -> None:
    """Grant the application's role its privileges, if another role owns the tables."""
    settings = current_app.config["SETTINGS"]
    role = sa.make_url(settings.sqlalchemy_url).username
    if settings.database_owner_url and role:
        grants.grant(connection, role)


def run() -> None:
    """Migrate; on SQLite with foreign keys off (batch migrations would cascade deletes) and checked afterwards."""
    with scope.platform("migrations"), owner_engine().connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            _sqlite_foreign_keys(connection, "off")  # without effect once a transaction has begun
            connection.execution_options(write=True)  # lock before reading, so that no upgrade fails
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            include_object=include_object,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
        )
        with context.begin_transaction():
            if not sqlite:
                connection.execute(sa.text(LOCK_TIMEOUT))
                # Rewriting a large table takes longer than a request may.
                connection.execute(sa.text("set local statement_timeout = 0"))
            context.run_migrations()
            if sqlite:
                _check_foreign_keys(connection)
            else:
                # In the same transaction, so that no new table is ever without its grants.
                grant_to_application(connection)
        if sqlite:
            connection.rollback()  # the pragma has no effect within a transaction
            _sqlite_foreign_keys(connection, "on")


def _sqlite_foreign_keys(connection: sa.Connection, state: str) -> None:
    driver: Any = connection.connection.dbapi_connection
    driver.execute(f"pragma foreign_keys = {state}")


def _check_foreign_keys(connection: sa.Connection) -> None:
    broken = connection.execute(sa.text("pragma foreign_key_check")).all()
    if broken:
        raise RuntimeError(f"the migration breaks {len(broken)} foreign keys; nothing was changed")


if context.is_offline_mode():
    raise RuntimeError("offline migrations are not supported")
run()
