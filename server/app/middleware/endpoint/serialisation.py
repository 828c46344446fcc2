"""Responses from the results of services: JSON, ETag and Link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from pydantic import TypeAdapter

from app.middleware.endpoint.locations import CREATED, location_of
from app.middleware.endpoint.preconditions import etag_of, not_modified
from app.middleware.endpoint.spec import Spec, is_file
from app.schemas.lists import Page

JSON = "application/json"


def serialiser(out: Any) -> Callable[[Any], bytes] | None:
    """Return a function that serialises a service's result as JSON; None for files and no content."""
    if out is None or is_file(out):
        return None
    adapter: TypeAdapter[Any] = TypeAdapter(out)
    if isinstance(out, type) and issubclass(out, Page):
        rows: Any = out.model_fields["data"].annotation
        return _page_serialiser(TypeAdapter(rows))
    return lambda result: adapter.dump_json(adapter.validate_python(result, from_attributes=True))


def page_serialiser(row: Any) -> Callable[[Page[Any]], bytes]:
    """Return a function that serialises a page of rows of this schema."""
    return _page_serialiser(TypeAdapter(list[row]))


def _page_serialiser(rows: TypeAdapter[Any]) -> Callable[[Page[Any]], bytes]:
    tail: TypeAdapter[Any] = TypeAdapter(dict[str, Any])

    def serialise(page: Page[Any]) -> bytes:
        data = rows.dump_json(rows.validate_python(page.data, from_attributes=True))
        rest = {"has_more": page.has_more, "next_cursor": page.next_cursor, "total_count": page.total_count}
        # The rows are JSON already; the rest follows without its opening brace.
        return b'{"data":' + data + b"," + tail.dump_json(rest)[1:]

    return serialise


def respond(result: Any, spec: Spec, serialise: Callable[[Any], bytes] | None) -> Response:
    if isinstance(result, Response):
        return result
    if serialise is None:
        return _empty(spec.status)
    response = Response(serialise(result), spec.status, content_type=JSON)
    if isinstance(result, Page):
        _link_next(response, result)
    elif (tag := etag_of(result)) is not None:
        response.headers["ETag"] = tag
        if not_modified(tag):
            response = Response(status=304, headers={"ETag": tag})
    if spec.status == CREATED and (location := location_of(spec.out, result)):
        response.headers["Location"] = location
    return response


def _link_next(response: Response, page: Page[Any]) -> None:
    if page.next_cursor:
        # The change feed continues after a seq instead of a cursor.
        name = "after" if "after" in request.args or request.path.endswith("/events") else "cursor"
        parameters = {**request.args.to_dict(), name: page.next_cursor}
        response.headers["Link"] = f'<{request.path}?{urlencode(parameters)}>; rel="next"'


def _empty(status: int) -> Response:
    response = Response(b"", status)
    del response.headers["Content-Type"]
    return response
