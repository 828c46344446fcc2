"""Fields that need a right of their own: null in every answer to whoever lacks it."""

from __future__ import annotations

from typing import Any

from pydantic import SerializerFunctionWrapHandler, WrapSerializer

from app.utils import scope


def guarded(right: str) -> WrapSerializer:
    """The mark of such a field, in its annotation; the field must take null."""

    def show(value: Any, handler: SerializerFunctionWrapHandler) -> Any:
        return handler(value) if right in scope.actor().permissions else None

    return WrapSerializer(show)
