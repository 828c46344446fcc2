"""Files of forms that were shown again: kept aside, so that nobody has to choose them twice.

They have no row. A file that has become a resume is deleted here; the sweep of orphaned files deletes the others after
two days.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

from app.services.careers import careers_service, public_application_service
from app.utils import ids, scope
from app.utils.errors import LimitReached, NotFound
from app.utils.file_store import Upload, file_store
from app.utils.signing import signer

PURPOSE = "kept-file"
SECONDS = 2 * 60 * 60
IN_MEMORY = 1024 * 1024
MOST = 5 * 1024 * 1024  # bytes; larger files must be chosen again


def keep(slug: str, file: Upload) -> str | None:
    """Store a file aside and return the token that stands for it in the form; None if it could not become a resume."""
    with careers_service.visiting(slug), suppress(LimitReached):
        public_application_service.check_room()
        if file.stream.seek(0, 2) > MOST or not public_application_service.is_parsable(file):
            return None
        file.stream.seek(0)
        stored = file_store.save(f"{scope.tenant_id()}/{ids.new_id()}", file.stream)
        return signer.sign_timed(PURPOSE, {"key": stored.key, "filename": file.filename[:200]})
    return None


def forget(slug: str, token: str) -> None:
    """Delete a kept file that has become a resume."""
    if token and (value := _read(slug, token)):
        file_store.delete(value["key"])


@contextmanager
def taken(slug: str, token: str) -> Iterator[Upload | None]:
    """Open the file that a token stands for; None if it is of another tenant, too old or gone."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as stream:
        filename = _copy(slug, token, stream) if token else None
        stream.seek(0)
        yield Upload(cast(Any, stream), filename) if filename is not None else None


def _copy(slug: str, token: str, target: Any) -> str | None:
    """Write the file to a stream and return its name."""
    if (value := _read(slug, token)) is None:
        return None
    with suppress(NotFound):
        target.writelines(file_store.open(value["key"]))
        return value["filename"]
    return None


def _read(slug: str, token: str) -> dict[str, str] | None:
    """Return what a token of this tenant says, or None."""
    with careers_service.visiting(slug), suppress(NotFound):
        value: dict[str, str] = signer.read_timed(PURPOSE, token, SECONDS)
        return value if value["key"].startswith(f"{scope.tenant_id()}/") else None
    return None
