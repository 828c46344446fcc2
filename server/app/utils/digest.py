"""Bytes in chunks, counted and digested."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import IO

CHUNK = 64 * 1024


class Counted:
    """Passes chunks on; tells their size and SHA-256 afterwards."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self.size = 0

    def through(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The same chunks."""
        for chunk in chunks:
            self._digest.update(chunk)
            self.size += len(chunk)
            yield chunk

    @property
    def sha256(self) -> str:
        """Of what has passed, in hex."""
        return self._digest.hexdigest()


def chunks_of(source: IO[bytes]) -> Iterator[bytes]:
    """The rest of a stream."""
    return iter(lambda: source.read(CHUNK), b"")


def counted(source: IO[bytes], most: int | None = None) -> Counted:
    """Size and digest of the rest of a stream, read no further than just beyond `most` bytes."""
    passed = Counted()
    for _ in passed.through(chunks_of(source)):
        if most is not None and passed.size > most:
            break
    return passed
