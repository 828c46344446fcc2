"""Size and digest of streams."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import IO

CHUNK = 64 * 1024


class Counted:
    """Passes chunks through and computes their size and SHA-256."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self.size = 0

    def through(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the chunks unchanged."""
        for chunk in chunks:
            self._digest.update(chunk)
            self.size += len(chunk)
            yield chunk

    @property
    def sha256(self) -> str:
        """The digest of the chunks so far, in hex."""
        return self._digest.hexdigest()


def chunks_of(source: IO[bytes]) -> Iterator[bytes]:
    """Return the rest of a stream in chunks."""
    return iter(lambda: source.read(CHUNK), b"")


def counted(source: IO[bytes], most: int | None = None) -> Counted:
    """Return size and digest of the rest of a stream; stops reading after `most` bytes are exceeded."""
    passed = Counted()
    for _ in passed.through(chunks_of(source)):
        if most is not None and passed.size > most:  # wrong already; a forged archive could unpack without end
            break
    return passed
