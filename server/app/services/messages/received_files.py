"""Files of emails from outside, as documents of their candidates."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog

from app.services.candidates import candidate_document_service
from app.utils.errors import DomainError
from app.utils.file_store import Upload, file_store
from app.utils.mail_parser import Attachment

log = structlog.get_logger("mail")


def store_all(files: Sequence[Attachment], candidate_id: UUID) -> list[dict[str, Any]]:
    """Store files, and return what a message says of them: their names, and their documents if they were stored.

    One that is refused keeps its name, so that users can ask for it.
    """
    return [_store(file, candidate_id) for file in files]


def _store(file: Attachment, candidate_id: UUID) -> dict[str, Any]:
    document_id = None
    if len(file.content) <= file_store.max_upload_bytes:
        try:
            document = candidate_document_service.store(Upload(io.BytesIO(file.content), file.filename), candidate_id)
            document_id = document.id if document.candidate_id == candidate_id else None  # not another person's file
        except DomainError as error:
            log.info("a file of an email was not stored", code=error.code)
    return {"filename": file.filename, "document_id": str(document_id) if document_id else None}
