"""JSON with orjson: strict parsing (no NaN, BOM, UTF-16 or deep nesting), fast output."""

from __future__ import annotations

from typing import Any

import orjson
from flask.json.provider import JSONProvider


def dump_json(value: Any) -> str:
    """Return JSON text; values of unknown types are written as strings."""
    return orjson.dumps(value, default=str).decode()


class OrjsonProvider(JSONProvider):
    """Flask's JSON provider, using orjson."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return dump_json(obj)

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return orjson.loads(s)
