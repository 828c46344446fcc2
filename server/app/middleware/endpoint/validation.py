"""Validation of input: strict JSON bodies, query strings and multipart files."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Any, TypeVar

import orjson
from flask import Flask, current_app, request
from pydantic import BaseModel, ValidationError

from app.schemas.common import RawMail
from app.utils.errors import BadRequest, Invalid, LengthRequired, NotFound, PayloadTooLarge, UnsupportedMedia
from app.utils.file_store import Upload
from app.utils.validation_errors import field_errors

B = TypeVar("B", bound=BaseModel)

MULTIPART_OVERHEAD = 64 * 1024  # boundaries, headers and the other fields of a form


def install(app: Flask) -> None:
    """Register checks that refuse invalid paths, chunked bodies and oversized bodies before they are read."""
    app.before_request(_guard_path)
    app.before_request(_guard_length)


def _guard_path() -> None:
    # PostgreSQL cannot store NUL: a lookup would fail with 500.
    if "\x00" in request.path:
        raise NotFound()


def _guard_length() -> None:
    # Flask would silently cut a chunked body at MAX_CONTENT_LENGTH.
    if "Transfer-Encoding" in request.headers:
        raise LengthRequired("Send a Content-Length header: chunked bodies are not supported.")
    # Files and emails have limits of their own, see `read_upload` and `read_mail`.
    limit = current_app.config["SETTINGS"].max_json_bytes
    if request.mimetype not in ("multipart/form-data", RawMail.media_type) and (request.content_length or 0) > limit:
        raise PayloadTooLarge(f"The body can have at most {limit} bytes.")


def read_body(model: type[B]) -> B:
    """Return the JSON body as `model`; 400, 411, 413 or 415 if it cannot be parsed, 422 if it is invalid."""
    if request.mimetype != "application/json":
        raise UnsupportedMedia("Send the body as application/json.")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMedia("Compressed bodies are not supported.")
    data = read_bytes(current_app.config["SETTINGS"].max_json_bytes)
    try:
        # Parsed twice: orjson is strict about numbers and encoding, but only json can report duplicate keys.
        parsed = orjson.loads(data)
        json.loads(data, object_pairs_hook=_refuse_duplicates)
    except (ValueError, RecursionError) as error:  # json recurses into nested brackets
        raise BadRequest("The body is not valid JSON.", code="malformed_json") from error
    try:
        return model.model_validate(parsed)
    except ValidationError as error:
        raise Invalid("The body is invalid.", code="validation_failed", errors=field_errors(error)) from error


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> None:
    """Refuse duplicate keys, of which orjson would silently use the last."""
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key stands twice")


def read_query(model: type[B]) -> B:
    """Return the query string as `model`; the error for an unknown parameter suggests the closest name."""
    # `to_dict` would silently use the first value.
    repeated = [name for name, values in request.args.lists() if len(values) > 1]
    if repeated:
        raise BadRequest(f"The parameter {repeated[0][:60]} is repeated.", code="repeated_parameter")
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        errors = field_errors(error)
        detail = "Some parameters are invalid."
        if unknown := [item["pointer"][1:] for item in errors if item["code"] == "extra_forbidden"]:
            detail = _unknown(unknown[0], model)
        raise BadRequest(detail, code="invalid_parameters", errors=errors) from error


def read_upload(kind: str, is_needed: bool = True, field: str = "file") -> tuple[Upload | None, dict[str, Any]]:
    """Return the file of a multipart body, spooled to disk, and the other fields; `kind` names the size limit.

    If the file is optional and none was chosen, the file is None.
    """
    limit = getattr(current_app.config["SETTINGS"], f"max_{kind}_bytes")
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMedia("Send the file as multipart/form-data.")
    _check_length(limit + MULTIPART_OVERHEAD)
    request.max_content_length = limit + MULTIPART_OVERHEAD
    files = request.files.getlist(field)
    # Browsers send a part without a name and content if no file was chosen.
    if not is_needed and all(not file.filename for file in files):
        return None, request.form.to_dict()
    if len(files) != 1:
        raise Invalid(
            f"Send one file in the field {field}.",
            errors=[{"pointer": f"/{field}", "code": "missing", "detail": "Send exactly one file."}],
        )
    stream = files[0].stream
    # The length of the body, checked above, includes the overhead.
    if stream.seek(0, 2) > limit:
        raise PayloadTooLarge(f"A file can have at most {limit} bytes.")
    stream.seek(0)
    return Upload(stream, files[0].filename or ""), request.form.to_dict()


def read_form(model: type[B], fields: dict[str, Any]) -> B:
    """Return the fields of a multipart body as `model`; Invalid if they do not validate."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise Invalid("The form is invalid.", code="validation_failed", errors=field_errors(error)) from error


def read_bytes(limit: int) -> bytes:
    """Return the body; 411 without a length, 413 above the limit."""
    _check_length(limit)
    request.max_content_length = limit
    return request.get_data(cache=True)


def _check_length(limit: int) -> None:
    if request.content_length is None:
        raise LengthRequired("Send a Content-Length header.")
    if request.content_length > limit:
        raise PayloadTooLarge(f"The body can have at most {limit} bytes.")


def _unknown(name: str, model: type[BaseModel]) -> str:
    known = [field.alias or key for key, field in model.model_fields.items()]
    near = get_close_matches(name, known, 1, 0.5)
    hint = f" Did you mean {near[0]}?" if near else f" Known: {', '.join(known)}."
    return f"There is no parameter {name[:60]!r}.{hint}"
