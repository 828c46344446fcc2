"""Column types that behave the same on PostgreSQL and SQLite."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect

# None is stored as NULL rather than as JSON null, so that `is null` finds it.
Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A timezone-aware datetime, stored in UTC; ValueError if naive."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        # SQLite stores text without a time zone; in UTC, it sorts by time.
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is UTC:
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_of(kind: type[StrEnum], name: str) -> sa.Enum:
    """Return a text column type with a check constraint `name` that allows only the values of `kind`."""
    values = [member.value for member in kind]
    return sa.Enum(
        kind,
        name=name,
        native_enum=False,  # a check constraint, which both databases have and a migration can replace
        create_constraint=True,
        length=max(32, *map(len, values)),
        values_callable=lambda _: values,  # else SQLAlchemy stores the names of the members
    )
