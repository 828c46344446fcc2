"""`Idempotency-Key`: a POST repeated with the same key gets the first response."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Response, g, request

from app.services.events import idempotency_service
from app.services.events.idempotency_service import Answer, Attempt
from app.utils.errors import BadRequest

MAX_KEY = 255
KEPT_HEADERS = ("Content-Type", "ETag", "Location")  # the others, such as X-Request-Id, belong to one request


def answer_once(call: Callable[[], Response], required: bool) -> Response:
    """Run `call`, or replay the stored response of the key; BadRequest if a required key is missing."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        if required:
            raise BadRequest("The Idempotency-Key header is required.", code="idempotency_key_missing")
        return call()
    if not 1 <= len(key) <= MAX_KEY or not key.isascii() or not key.isprintable():
        raise BadRequest("An Idempotency-Key must have 1 to 255 printable characters.", code="bad_idempotency_key")
    attempt = Attempt(g.principal.actor_id, f"{request.method} {request.path}"[:200], key, _fingerprint())
    answer, replayed = idempotency_service.once(attempt, lambda: _to_answer(call()))
    response = Response(answer.body, answer.status, answer.headers)
    if replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def _fingerprint() -> str:
    """Return a digest of the request; for multipart, of its fields and files, since boundaries differ."""
    digest = hashlib.sha256(request.query_string)
    digest.update(request.headers.get("If-Match", "").encode())  # another version, another request
    if request.mimetype != "multipart/form-data":
        digest.update(request.get_data(cache=True))
        return digest.hexdigest()
    for name, value in sorted(request.form.items()):
        digest.update(f"{name}={value};".encode())
    for name, file in sorted(request.files.items()):
        digest.update(f"{name}:{file.filename};".encode())
        stream: Any = file.stream
        digest.update(hashlib.file_digest(stream, "sha256").digest())
        file.stream.seek(0)  # the view reads it next
    return digest.hexdigest()


def _to_answer(response: Response) -> Answer:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return Answer(response.status_code, headers, response.get_data())
