"""Orphaned files: files in the store without a row, deleted once they are old enough."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import CandidateDocument, CandidateImport, InvitationFile, PrivacyRequest, Tenant, TenantExport
from app.utils import clock
from app.utils.file_store import file_store
from app.utils.parts import parts

AGE = timedelta(days=2)  # longer than any upload or export takes
AT_ONCE = 500
# Every column with a storage key must be here: old files that none of them contains are deleted.
NAMED_BY = (
    CandidateDocument.storage_key,
    CandidateImport.storage_key,
    InvitationFile.storage_key,
    PrivacyRequest.storage_key,
    TenantExport.storage_key,
    Tenant.logo_key,
)


def sweep() -> int:
    """Delete old files that no row of any tenant refers to and return their number; in the platform's scope."""
    # By the time of writing, not by the id in the key: an archive that is being imported brings its old keys with it.
    written = file_store.keys(until=clock.now() - AGE)
    return sum(_sweep(keys) for keys in parts((key for key in written if _is_ours(key)), AT_ONCE))


def _sweep(keys: list[str]) -> int:
    named: set[str] = set()
    for column in NAMED_BY:
        named |= set(db.session.scalars(sa.select(column).where(column.in_(keys))))
    orphans = [key for key in keys if key not in named]
    for key in orphans:
        file_store.delete(key)
    return len(orphans)


def _is_ours(key: str) -> bool:
    """Return whether a key ends with an id, as all keys of rows do; other files are left alone."""
    try:
        return UUID(key.rpartition("/")[2]).version == 7
    except ValueError:
        return False
