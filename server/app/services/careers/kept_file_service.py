"""Files of forms that were shown again: kept aside, so that nobody has to choose them twice.

They have no row. The sweep of orphaned files deletes them after two days, whether they were used or not.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

from app.services.careers import careers_service, public_application_service
from app.services.resumes.resume_parser import PARSABLE
from app.utils import file_types, ids, scope
from app.utils.errors import LimitReached, NotFound
from app.utils.file_store import Upload, file_store
from app.utils.signing import signer

PURPOSE = "kept-file"
SECONDS = 2 * 60 * 60
IN_MEMORY = 1024 * 1024


def keep(slug: str, file: Upload) -> str | None:
    """Store a file aside and return the token that stands for it in the form; None if it could not become a resume."""
    with careers_service.visiting(slug), suppress(LimitReached):
        public_application_service.check_room()
        file.stream.seek(0)
        if file_types.sniff(file.stream) not in PARSABLE:
            return None
        file.stream.seek(0)
        stored = file_store.save(f"{scope.tenant_id()}/{ids.new_id()}", file.stream)
        value = {"key": stored.key, "filename": file.filename[:200]}
        return signer.sign_timed(PURPOSE, value)
    return None


@contextmanager
def taken(slug: str, token: str) -> Iterator[Upload | None]:
    """Open the file that a token stands for; None if it is of another tenant, too old or gone."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as stream:
        filename = _copy(slug, token, stream) if token else None
        stream.seek(0)
        yield Upload(cast(Any, stream), filename) if filename is not None else None


def _copy(slug: str, token: str, target: Any) -> str | None:
    """Write the file to a stream and return its name."""
    with careers_service.visiting(slug), suppress(NotFound):
        value: dict[str, Any] = signer.read_timed(PURPOSE, token, SECONDS)
        if str(value["key"]).startswith(f"{scope.tenant_id()}/"):
            target.writelines(file_store.open(value["key"]))
            return str(value["filename"])
    return None
