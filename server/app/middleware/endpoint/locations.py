"""The address of what a request has created, for the Location header of a 201."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, url_for
from pydantic import BaseModel

KEY = "locations"
CREATED = 201


def location_of(out: Any, result: Any) -> str | None:
    """Return the path of a created resource, or None if it has no address of its own."""
    readers: dict[Any, tuple[str, str]] = current_app.extensions.get(KEY) or _install(current_app)
    reader, row_id = reader_of(out, readers), getattr(result, "id", None)
    return url_for(reader[0], **{reader[1]: row_id}) if reader and row_id else None


def reader_of(out: Any, readers: dict[Any, tuple[str, str]]) -> tuple[str, str] | None:
    """Return the endpoint that shows one row of this type, and the name of its id."""
    bases = out.__mro__ if isinstance(out, type) and issubclass(out, BaseModel) else ()
    return next((readers[base] for base in bases if base in readers), None)


def readers_of(app: Flask) -> dict[Any, tuple[str, str]]:
    """Return the endpoints `GET /things/<uuid:thing_id>` by the type of their answer."""
    found: dict[Any, tuple[str, str]] = {}
    for rule in app.url_map.iter_rules():
        spec = getattr(app.view_functions[rule.endpoint], "spec", None)
        if spec is not None and "GET" in (rule.methods or ()) and len(rule.arguments) == 1 and rule.rule[-1] == ">":
            found.setdefault(spec.out, (rule.endpoint, next(iter(rule.arguments))))
    return found


def _install(app: Flask) -> dict[Any, tuple[str, str]]:
    app.extensions[KEY] = found = readers_of(app)
    return found
