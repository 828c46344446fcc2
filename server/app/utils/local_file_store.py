"""The file store in a local folder, for installations without a bucket."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from app.utils.digest import Counted, chunks_of
from app.utils.errors import NotFound
from app.utils.file_store import StoredFile, folder_name, storage_full_errors


class LocalFileStore:
    """Stores files in a folder; each is written to a temporary file, synced, then renamed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, key: str, stream: IO[bytes]) -> StoredFile:
        """Store a stream atomically; StorageFull if the disk is full."""
        path = self._path(key)
        # Hidden from `keys` by the dot, and random, so that two writers of a key do not share it.
        aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with storage_full_errors():
                path.parent.mkdir(parents=True, exist_ok=True)
                with aside.open("xb") as target:
                    size, digest = _copy(stream, target)
                    # Before the rename: a power failure could otherwise leave an empty file under the key.
                    os.fsync(target.fileno())
                aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)  # exists only after an error
        return StoredFile(key, size, digest)

    def open(self, key: str) -> Iterator[bytes]:
        """Return the file in chunks; NotFound if it does not exist."""
        path = self._path(key)
        # Checked here, since a generator would raise only after the response has begun.
        if not path.is_file():
            raise NotFound("The file no longer exists.")
        return _chunks(path)

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)  # functions run at least once: the file may be deleted already

    def delete_all(self, prefix: str) -> None:
        """Delete all files in the folder `prefix`, which ends with a slash."""
        folder = self._path(folder_name(prefix))
        if folder.is_dir():
            shutil.rmtree(folder)

    def keys(self, until: datetime | None = None) -> Iterator[str]:
        """Yield the key of every file, or of those written by `until`, except those being written."""
        for path in sorted(self._folder.rglob("*")):
            if path.name.startswith("."):
                continue
            try:
                found = path.stat()
            except FileNotFoundError:  # deleted since it was listed
                continue
            if stat.S_ISREG(found.st_mode) and (until is None or found.st_mtime <= until.timestamp()):
                yield path.relative_to(self._folder).as_posix()

    def check(self) -> None:
        """OSError if the folder is not writable."""
        self._folder.mkdir(parents=True, exist_ok=True)
        probe = self._folder / f".probe.{secrets.token_hex(4)}"
        probe.write_bytes(b"")
        probe.unlink()

    def _path(self, key: str) -> Path:
        path = (self._folder / key).resolve()
        # A second barrier: keys never come from users.
        if not path.is_relative_to(self._folder.resolve()):
            raise NotFound("The file no longer exists.")
        return path


def _copy(source: IO[bytes], target: IO[bytes]) -> tuple[int, str]:
    passed = Counted()
    for chunk in passed.through(chunks_of(source)):
        target.write(chunk)
    target.flush()
    return passed.size, passed.sha256


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        yield from chunks_of(source)
