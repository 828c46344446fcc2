"""The file store: a local folder by default, optionally an S3 bucket."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol

from app.utils.errors import StorageFull


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file after it was stored."""

    key: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file: a seekable stream and the client's file name."""

    stream: IO[bytes]
    filename: str


@dataclass(frozen=True, slots=True)
class Download:
    """A file to send."""

    chunks: Iterator[bytes]
    filename: str
    media_type: str
    size: int | None  # None if unknown


class FileStore(Protocol):
    """Stores and reads files by key; keys never come from users."""

    def save(self, key: str, stream: IO[bytes]) -> StoredFile: ...

    def open(self, key: str) -> Iterator[bytes]: ...

    def delete(self, key: str) -> None: ...

    def delete_all(self, prefix: str) -> None: ...

    def keys(self, until: datetime | None = None) -> Iterator[str]: ...

    def check(self) -> None: ...


class FileStoreProxy:
    """Delegates to the store that create_app() sets."""

    def __init__(self) -> None:
        self._store: FileStore | None = None
        self.max_upload_bytes = 0

    def init(self, store: FileStore, max_upload_bytes: int) -> None:
        self._store, self.max_upload_bytes = store, max_upload_bytes

    @contextmanager
    def on_disk(self, key: str) -> Iterator[Path]:
        """Yield the path of a temporary local copy, for use without loading the file into memory."""
        with tempfile.TemporaryDirectory(prefix="fairlead-") as folder:
            path = Path(folder) / "file"
            with storage_full_errors(), path.open("wb") as target:
                for chunk in self.open(key):
                    target.write(chunk)
            yield path

    def __getattr__(self, name: str) -> Any:
        if self._store is None:
            raise RuntimeError("no file store is bound")
        return getattr(self._store, name)


@contextmanager
def storage_full_errors() -> Iterator[None]:
    """Raise StorageFull for errors that mean a full disk."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):  # disk, quota or file size limit
            raise StorageFull("There is not enough storage for this file at the moment.") from error
        raise


def folder_name(prefix: str) -> str:
    """Return `prefix` without its trailing slash; ValueError if it is not the name of a folder."""
    name = prefix.removesuffix("/")
    # "", "/", "./" and "../" would delete the files of every tenant.
    if name == prefix or not name.strip("./"):
        raise ValueError("a prefix is a folder's name with a slash")
    return name


file_store = FileStoreProxy()
