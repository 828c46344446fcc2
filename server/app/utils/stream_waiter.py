"""What a connection of the stream hub waits for."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID


class Waiter(Protocol):
    """What a connection waits for: something of a tenant beyond a position.

    `read` runs in a thread; the other methods run on the event loop and must not block.
    """

    tenant_id: UUID
    owner: UUID  # whose connections are counted together
    position: int
    seconds: float  # the longest that it waits

    def head(self) -> bytes:
        """Return what is sent at once."""

    def read(self, until: int) -> tuple[bytes, int, bool]:
        """Return what happened up to a position, the position after it, and whether that is the end."""

    def beat(self) -> bytes:
        """Return what shows that the connection is alive."""

    def end(self) -> bytes:
        """Return what is sent when its time is over."""
