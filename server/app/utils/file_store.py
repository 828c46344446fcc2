"""Files behind one interface: a local folder by default, an S3 bucket as an extra."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from app.utils.errors import StorageFull


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What is known of a file once its bytes are safe."""

    key: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it comes in: a seekable stream and the name its sender gave it."""

    stream: IO[bytes]
    filename: str


@dataclass(frozen=True, slots=True)
class Download:
    """A file as it goes out."""

    chunks: Iterator[bytes]
    filename: str
    media_type: str
    size: int | None  # None where it is not known beforehand


class FileStore(Protocol):
    """Streams files in and out by key; a key never comes from a user."""

    def save(self, key: str, stream: IO[bytes]) -> StoredFile: ...

    def open(self, key: str) -> Iterator[bytes]: ...

    def delete(self, key: str) -> None: ...

    def delete_all(self, prefix: str) -> None: ...

    def keys(self) -> Iterator[str]: ...

    def check(self) -> None: ...


class FileStoreProxy:
    """Created unbound; create_app() chooses the store."""

    def __init__(self) -> None:
        self._store: FileStore | None = None

    def init(self, store: FileStore) -> None:
        self._store = store

    @contextmanager
    def on_disk(self, key: str) -> Iterator[Path]:
        """A copy of the file on this machine's disk while the block lasts, for what must not hold it in memory."""
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
    """StorageFull for the errors of a disk without room."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageFull("There is not enough storage for this file at the moment.") from error
        raise


def folder_name(prefix: str) -> str:
    """`prefix` without its slash; ValueError where it would stand for more than one folder."""
    name = prefix.removesuffix("/")
    if name == prefix or not name.strip("./"):
        raise ValueError("a prefix is a folder's name with a slash")
    return name


file_store = FileStoreProxy()
