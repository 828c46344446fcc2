"""The number of SQL statements of a request, as its log line counts them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from flask import Flask, Response, g

from app.services.access import principal_service


def count_statements(app: Flask, send: Callable[[], Any], with_rights: bool = False) -> int:
    """Return the number of statements of a request; by default without those of authentication, which are cached."""
    seen: list[int] = []

    def note(response: Response) -> Response:
        seen.append(g.statements[0])
        return response

    notes = app.after_request_funcs.setdefault(None, [])
    notes.append(note)
    try:
        resolve = principal_service.resolve
        with patch.object(principal_service, "resolve", resolve if with_rights else _uncounted(resolve)):
            send()
    finally:
        notes.remove(note)
    return seen[0]


def _uncounted(resolve: Callable[..., Any]) -> Callable[..., Any]:
    def resolve_and_forget(*arguments: Any) -> Any:
        before = g.statements[0]
        principal = resolve(*arguments)
        g.statements[0] = before
        return principal

    return resolve_and_forget
