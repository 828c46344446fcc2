"""Databases of their own on the PostgreSQL server that tests run on."""

from __future__ import annotations

import sqlalchemy as sa


def fresh_database(url: str | sa.URL, name: str, like: str | None = None) -> sa.URL:
    """Create a database beside the one of `url`, in place of one of that name; empty, or a copy; its address."""
    made = sa.make_url(url)
    drop_database(made, name)
    _run(made, f'create database "{name}"' + (f' template "{like}"' if like else ""))
    return made.set(database=name)


def drop_database(url: str | sa.URL, name: str) -> None:
    """Take it away, whoever is connected."""
    _run(sa.make_url(url), f'drop database if exists "{name}" with (force)')


def _run(url: sa.URL, statement: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
