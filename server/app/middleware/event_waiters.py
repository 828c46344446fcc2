"""What connections to the change feed wait for: server-sent events, or one page."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from flask import Flask

from app.middleware.identity import access
from app.schemas.event_schema import EventQuery
from app.schemas.lists import Page
from app.services.access import principal_service
from app.services.access.principal_service import Principal
from app.services.events import event_service
from app.utils import scope
from app.utils.errors import DomainError
from app.utils.json_provider import dump_json
from app.utils.scope import Actor

PERMISSION = "events.read"
RETRY_MS = 2000
EMPTY: Page[Any] = Page(data=[], has_more=False, next_cursor=None)
Serialise = Callable[[Page[Any]], bytes]


def beginning(position: int) -> bytes:
    """Return how a stream begins: when to come back, and from where."""
    return f"retry: {RETRY_MS}\nid: {position}\n\n".encode()


def event_text(event: Any) -> bytes:
    """Return a server-sent event, with type and subject only, which a client may look up."""
    data = {"seq": event.seq, "type": event.type, "subject_type": event.subject_type, "subject_id": event.subject_id}
    return f"id: {event.seq}\ndata: {dump_json(data)}\n\n".encode()


class FeedReader:
    """Reads the feed for one caller, with the permissions and the visibility of the moment."""

    def __init__(self, app: Flask, claims: Any, principal: Principal, query: EventQuery) -> None:
        self._app, self._claims, self.query = app, claims, query
        self.tenant_id, self.owner = principal.tenant_id, principal.actor_id

    def page(self, after: int) -> Page[Any] | None:
        """Return the visible events after a position; None if the caller may no longer read them."""
        try:
            with self._app.app_context():
                principal = principal_service.resolve(self._claims, None)
                access.check(principal, PERMISSION, False, None)
                actor = Actor(principal.kind, principal.actor_id, None, principal.permissions, principal.visibility)
                with scope.tenant(principal.tenant_id, actor):
                    return event_service.feed(self.query.model_copy(update={"after": after}))
        except DomainError:
            return None


class _Waiter:
    def __init__(self, head: bytes, reader: FeedReader, seconds: float) -> None:
        self._head, self._reader, self.seconds = head, reader, seconds
        self.tenant_id, self.owner, self.position = reader.tenant_id, reader.owner, reader.query.after

    def _next(self, until: int) -> tuple[Page[Any] | None, int]:
        """Return the next page and the position after it: what lies between visible events is behind, too."""
        page = self._reader.page(self.position)
        last = page.data[-1].seq if page is not None and page.data else 0  # beyond `until`, if more has happened since
        return page, last if page is not None and page.has_more else max(until, last, self.position)


class EventStream(_Waiter):
    """Server-sent events (WHATWG HTML, 9.2)."""

    def head(self) -> bytes:
        return self._head + b"\r\n" + beginning(self.position)

    def read(self, until: int) -> tuple[bytes, int, bool]:
        page, position = self._next(until)
        return b"".join(map(event_text, page.data if page else [])), position, page is None

    def beat(self) -> bytes:
        return f": {time.time():.0f}\nid: {self.position}\n\n".encode()  # without data: no event, but the position

    def end(self) -> bytes:
        return self.beat()


class LongPoll(_Waiter):
    """One page of the feed, as soon as there is something in it."""

    def __init__(self, serialise: Serialise, head: bytes, reader: FeedReader, seconds: float) -> None:
        super().__init__(head, reader, seconds)
        self._serialise = serialise

    def head(self) -> bytes:
        return b""

    def read(self, until: int) -> tuple[bytes, int, bool]:
        page, position = self._next(until)
        is_over = page is None or bool(page.data)  # None: the session has ended, as the next request will tell
        return (self._whole(page or EMPTY) if is_over else b""), position, is_over

    def beat(self) -> bytes:
        return b""

    def end(self) -> bytes:
        return self._whole(EMPTY)

    def _whole(self, page: Page[Any]) -> bytes:
        body = self._serialise(page)
        return self._head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
