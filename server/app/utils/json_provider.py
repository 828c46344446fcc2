"""JSON by orjson: strict in (no NaN, BOM, UTF-16, deep nesting), fast out."""

from __future__ import annotations

from typing import Any

import orjson
from flask.json.provider import JSONProvider


def dump_json(value: Any) -> str:
    """JSON text; what JSON does not know is written as its string."""
    return orjson.dumps(value, default=str).decode()


class OrjsonProvider(JSONProvider):
    """Flask's JSON, done by orjson."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return dump_json(obj)

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return orjson.loads(s)
