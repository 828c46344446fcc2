"""Tenant archives: their contents and the format of a row (docs/tenant-archive.md).

An archive is a zip file with `manifest.json`, `tenant.json`, `tables/NAME.jsonl` and `files/...`. It excludes secrets
and data that is only useful to this installation.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from app.models.base.tenancy import tenant_tables
from app.models.base.types import UtcDateTime

FORMAT = "fairlead-tenant"
VERSION = 1
MANIFEST, TENANT = "manifest.json", "tenant.json"

# Sessions, the outbox and keys of this installation; derived data; signatures by this installation's keys.
OMITTED_TABLES = frozenset(
    {
        "api_keys",
        "auth_sessions",
        "candidate_matches",
        "candidate_import_rows",
        "candidate_imports",
        "candidate_words",  # the search index, derived from candidates and resumes
        "idempotency_keys",
        "email_integrations",  # with secrets, encrypted for this installation
        "function_runs",
        "interviewer_busy_times",  # read from calendars elsewhere
        "interviewer_calendars",  # with secrets, encrypted for this installation
        "ledger_checkpoints",  # signed with the keys of this installation
        "outbox",
        "portal_sessions",
        "processed_emails",  # of mailboxes, which are connected anew
        "privacy_requests",
        "tenant_exports",
    }
)
# The tables whose rows have files, named by `storage_key`.
WITH_FILES = ("candidate_documents", "invitation_files")
# Users of an imported tenant set a new password with an emailed link.
OMITTED_COLUMNS: Mapping[str, frozenset[str]] = {
    "users": frozenset({"password_hash", "totp_secret", "totp_enabled_at", "totp_last_step", "recovery_codes"}),
}
# Types that JSON has natively: a value of another JSON type is rejected, since a driver might convert it.
PLAIN: tuple[tuple[type[Any], type], ...] = ((sa.String, str), (sa.Boolean, bool), (sa.Integer, int))


def tables() -> list[sa.Table]:
    """Return the tables of an archive, referenced tables first."""
    return [table for table in tenant_tables() if table.name not in OMITTED_TABLES]


def tables_with_files() -> list[sa.Table]:
    """Return the tables whose files an archive contains."""
    return [table for table in tables() if table.name in WITH_FILES]


def columns(table: sa.Table) -> list[sa.Column[Any]]:
    """Return the columns of a table that an archive contains."""
    omitted = OMITTED_COLUMNS.get(table.name, frozenset())
    return [column for column in table.columns if column.name not in omitted]


def to_line(row: Mapping[Any, Any]) -> bytes:
    """Encode a row as a line of JSON: times in UTC, bytes in base64, decimals as strings."""
    return orjson.dumps(dict(row), default=encode, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)


def from_line(table: sa.Table, line: bytes) -> dict[str, Any]:
    """Decode the values of a row; ValueError if the line does not match the table."""
    values = orjson.loads(line)
    known = {column.name: column for column in columns(table)}
    if not isinstance(values, dict) or set(values) != set(known):
        raise ValueError(f"a line of {table.name} has other columns")
    return decode_all(known, values)


def decode_all(known: Mapping[str, sa.Column[Any]], values: Mapping[str, Any]) -> dict[str, Any]:
    """Decode the values of known columns; ValueError if one does not match its column."""
    try:
        return {name: decode(known[name], value) for name, value in values.items()}
    except (TypeError, AttributeError, KeyError, InvalidOperation) as error:
        raise ValueError("a value does not fit its column") from error


def decode(column: sa.Column[Any], value: Any) -> Any:
    """Decode the JSON value of a column; TypeError or ValueError if it does not match the column's type."""
    if value is None:
        return None
    if isinstance(column.type, sa.Uuid):
        return UUID(value)
    if isinstance(column.type, UtcDateTime):  # a TypeDecorator, not a subclass of sa.DateTime
        return datetime.fromisoformat(value)
    if isinstance(column.type, sa.Date):
        return date.fromisoformat(value)
    if isinstance(column.type, sa.Numeric) and column.type.asdecimal:  # not for sa.Float, which is a subclass
        return Decimal(value)
    # The database would accept any JSON; readers rely on the list or object of the default.
    if isinstance(column.type, sa.JSON) and column.default is not None and type(value) is not _made_by(column):
        raise TypeError(column.name)
    for kind, plain in PLAIN:
        if isinstance(column.type, kind) and type(value) is not plain:  # not isinstance: True is an int
            raise TypeError(column.name)
    if isinstance(column.type, sa.LargeBinary):
        return base64.b64decode(value, validate=True)  # by default, other characters are skipped silently
    return value


def _made_by(column: sa.Column[Any]) -> type:
    """Return the type of a JSON column, list or dict, judging by its default."""
    default: Any = column.default
    return list if default.arg(None) == [] else dict  # SQLAlchemy wraps `list` and `dict` to take a context


def encode(value: Any) -> str:
    """Encode a value that JSON has no type for: bytes as base64, decimals as strings."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
