"""Ids: UUID version 7 (RFC 9562), which sort by creation time."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a new UUIDv7."""
    return UUID(int=uuid7().int)
