"""A converter for words in paths: `<words(no_show, complete):action>`."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import AnyConverter, Map


class WordsConverter(AnyConverter):
    """One of several names. Paths write them with hyphens (`no-show`), as all words of paths; views get `no_show`."""

    def __init__(self, map: Map, *names: str) -> None:
        super().__init__(map, *(in_path(name) for name in names))

    def to_python(self, value: str) -> str:
        return value.replace("-", "_")

    def to_url(self, value: Any) -> str:
        return super().to_url(in_path(value))


def in_path(name: str) -> str:
    return name.replace("_", "-")
