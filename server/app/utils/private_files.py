"""Files readable only by their owner, and written atomically."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Yield a stream that becomes the file `path` at the end of the block; after an error, no file is left."""
    # The name is fixed, so that the next attempt removes what a killed process left.
    aside = path.with_name(f".{path.name}.part")
    aside.unlink(missing_ok=True)
    try:
        # With its mode from the start (a later chmod would leave a gap); O_EXCL does not follow a planted link.
        with open(os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as target:
            yield target
            target.flush()
            # Before the rename: a power failure could otherwise leave an empty file under the final name.
            os.fsync(target.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
