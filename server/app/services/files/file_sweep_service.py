"""Orphans of the file store: bytes whose row never came or is gone, deleted once they are old enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import CandidateDocument, CandidateImport, PrivacyRequest, Tenant, TenantExport
from app.utils import clock
from app.utils.file_store import file_store
from app.utils.parts import parts

AGE = timedelta(days=2)  # an upload or an archive under way is younger
AT_ONCE = 500
NAMED_BY = (
    CandidateDocument.storage_key,
    CandidateImport.storage_key,
    PrivacyRequest.storage_key,
    TenantExport.storage_key,
    Tenant.logo_key,
)


def sweep() -> int:
    """Delete the files that no row of any tenant names, in the platform's scope; how many."""
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
    """Keys end in a UUIDv7, whose first 48 bits are milliseconds of the epoch (RFC 9562); others are left alone."""
    try:
        name = UUID(key.rpartition("/")[2])
    except ValueError:
        return False
    made = datetime.fromtimestamp((name.int >> 80) / 1000, UTC)
    return name.version == 7 and made < clock.now() - AGE
