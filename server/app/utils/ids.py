"""Identifiers: UUID version 7 (RFC 9562), which sort by time of creation."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return UUID(int=uuid7().int)
