"""Orphaned files: files in the store without a row, deleted once they are old enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import CandidateDocument, CandidateImport, PrivacyRequest, Tenant, TenantExport
from app.utils import clock
from app.utils.file_store import file_store
from app.utils.parts import parts

AGE = timedelta(days=2)  # longer than any upload or export takes
AT_ONCE = 500
# Every column with a storage key must be here: old files that none of them contains are deleted.
NAMED_BY = (
    CandidateDocument.storage_key,
    CandidateImport.storage_key,
    PrivacyRequest.storage_key,
    TenantExport.storage_key,
    Tenant.logo_key,
)


def sweep() -> int:
    """Delete old files that no row of any tenant refers to and return their number; in the platform's scope."""
    old = (key for key in file_store.keys() if _is_old(key))
    return sum(_sweep(keys) for keys in parts(old, AT_ONCE))


def _sweep(keys: list[str]) -> int:
    named: set[str] = set()
    for column in NAMED_BY:
        named |= set(db.session.scalars(sa.select(column).where(column.in_(keys))))
    orphans = [key for key in keys if key not in named]
    for key in orphans:
        file_store.delete(key)
    return len(orphans)


def _is_old(key: str) -> bool:
    """Return whether a key is old, by its UUIDv7, which starts with 48 bits of Unix milliseconds (RFC 9562).

    False for other keys, so that they are left alone.
    """
    try:
        name = UUID(key.rpartition("/")[2])
    except ValueError:
        return False
    made = datetime.fromtimestamp((name.int >> 80) / 1000, UTC)
    return name.version == 7 and made < clock.now() - AGE
