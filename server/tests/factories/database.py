"""Separate databases on the PostgreSQL server of the tests."""

from __future__ import annotations

import sqlalchemy as sa


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
