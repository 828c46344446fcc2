"""Databases for tests: copies of one that was migrated once."""

from __future__ import annotations

import fcntl
import logging
import sqlite3
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.extensions import db
from config.settings import Environment, Settings

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def migrated_database(server: str, folder: Path) -> str:
    """Return a database with all migrations: a SQLite file, or the name of a database on the PostgreSQL `server`.

    The first test process that asks makes it; migrating takes seconds, a copy takes a fraction of one.
    """
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = folder / "migrated"
        if not made.exists():
            made.write_text(_migrate(server, folder))
        return made.read_text()


def _migrate(server: str, folder: Path) -> str:
    if server:
        name = f"{sa.make_url(server).database}_migrated"
        url = fresh_database(server, name).render_as_string(hide_password=False)
    else:
        name = str(folder / "migrated.db")
        url = f"sqlite:///{name}"
    settings = Settings(_env_file=None, environment=Environment.TESTING, database_url=url, data_dir=folder)
    upgrade(app := create_app(settings))
    with app.app_context():
        db.engine.dispose()  # PostgreSQL copies only databases without connections
    return name


def upgrade(app: Flask) -> None:
    """Apply the migrations that `app`'s database is missing."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with app.app_context():
        flask_migrate.upgrade(directory=str(MIGRATIONS))


def fill_memory(app: Flask, migrated: str) -> None:
    """Copy a migrated SQLite file into the in-memory database of `app`."""
    with app.app_context():
        connection = db.engine.raw_connection()
        source = sqlite3.connect(migrated)
        source.backup(connection.driver_connection)
        source.close()
        connection.close()


def fresh_database(url: str | sa.URL, name: str, like: str | None = None) -> sa.URL:
    """Create or replace a database on the server of `url`, empty or as a copy of `like`; return its URL."""
    made = sa.make_url(url)
    drop_database(made, name)
    _run(made, f'create database "{name}"' + (f' template "{like}"' if like else ""))
    return made.set(database=name)


def drop_database(url: str | sa.URL, name: str) -> None:
    """Drop a database, even if there are connections to it."""
    _run(sa.make_url(url), f'drop database if exists "{name}" with (force)')


def _run(url: sa.URL, statement: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
