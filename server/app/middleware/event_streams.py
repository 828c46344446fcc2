"""The change feed for clients that wait: server-sent events, and answers that come when there is something."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, cast
from uuid import UUID

from flask import Flask, Response, current_app, g, request

from app.middleware import handoff
from app.middleware.identity import access
from app.middleware.identity.authentication import claims_of_request
from app.schemas.event_schema import EventQuery, StreamQuery
from app.schemas.lists import Page
from app.services.access import principal_service
from app.services.access.principal_service import Principal
from app.services.events import event_position_service, event_service
from app.utils import scope
from app.utils.errors import BadRequest, DomainError, TooManyRequests, Unavailable
from app.utils.json_provider import dump_json
from app.utils.scope import Actor
from app.utils.stream_hub import stream_hub

PERMISSION = "events.read"
STREAM_SECONDS = 900.0  # as long as an access token lives; then the client comes back with a new one
AT_ONCE = 200
PER_CALLER = 20
RETRY_MS = 2000
Serialise = Callable[[Page[Any]], bytes]


def stream(query: StreamQuery) -> Response:
    """Answer with server-sent events, from `Last-Event-ID`, `after`, or now on."""
    if not handoff.is_possible():
        raise Unavailable("This server cannot stream. Read `/events` with `after`.", code="streaming_unavailable")
    _check_room(g.principal)
    after = _last_event_id() if "Last-Event-ID" in request.headers else query.after
    if after is None:
        after = event_position_service.of_tenants([scope.tenant_id()]).get(scope.tenant_id(), 0)
    feed_query = EventQuery(
        after=after, limit=AT_ONCE, types=query.types, subject_type=query.subject_type, subject_id=query.subject_id
    )
    response = Response(b"", content_type="text/event-stream; charset=utf-8", headers={"X-Accel-Buffering": "no"})
    return _hand_over(response, EventStream, feed_query, STREAM_SECONDS)


def wait(page: Page[Any], query: EventQuery, serialise: Serialise) -> Response | Page[Any]:
    """Return the page, or wait up to `query.wait` seconds for its first event."""
    if page.data or not query.wait or not handoff.is_possible():
        return page
    _check_room(g.principal)
    response = Response(b"", content_type="application/json")
    return _hand_over(response, partial(LongPoll, serialise), query, query.wait)


def _hand_over(response: Response, waiter: Callable[..., Any], query: EventQuery, seconds: float) -> Response:
    flask_app = cast(Any, current_app)._get_current_object()
    reader = _Reader(flask_app, claims_of_request(), g.principal, query)
    return handoff.hand_over(response, lambda head: waiter(head, reader, seconds), partial(_positions, flask_app))


def _positions(app: Flask, tenants: Collection[UUID]) -> Mapping[UUID, int]:
    with app.app_context():
        return event_position_service.of_tenants(tenants)


def _check_room(principal: Principal) -> None:
    most = current_app.config["SETTINGS"].streams_max
    if stream_hub.count() >= most or stream_hub.count(principal.actor_id) >= PER_CALLER:
        raise TooManyRequests(
            "Too many connections wait for events.", code="too_many_streams", headers={"Retry-After": "5"}
        )


def _last_event_id() -> int:
    sent = request.headers["Last-Event-ID"]
    if not (sent.isascii() and sent.isdigit() and len(sent) < 19):
        raise BadRequest("`Last-Event-ID` must be the `seq` of an event.", code="bad_last_event_id")
    return int(sent)


class _Reader:
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
    def __init__(self, head: bytes, reader: _Reader, seconds: float) -> None:
        self._head, self._reader, self.seconds = head, reader, seconds
        self.tenant_id, self.owner, self.position = reader.tenant_id, reader.owner, reader.query.after

    def _next(self, until: int) -> Page[Any] | None:
        page = self._reader.page(self.position)
        if page is not None:
            last = page.data[-1].seq if page.data else 0  # beyond `until`, if more has happened since
            # What lies between the visible events is behind the caller, too.
            self.position = last if page.has_more else max(until, last, self.position)
        return page


class EventStream(_Waiter):
    """Server-sent events (WHATWG HTML, 9.2): ids and types only, which a client may look up."""

    def head(self) -> bytes:
        return self._head + b"\r\n" + f"retry: {RETRY_MS}\nid: {self.position}\n\n".encode()

    def read(self, until: int) -> tuple[bytes, bool]:
        page = self._next(until)
        return (b"", True) if page is None else (b"".join(map(_event, page.data)), False)

    def beat(self) -> bytes:
        return f": {time.time():.0f}\nid: {self.position}\n\n".encode()  # without data: no event, but the position

    def end(self) -> bytes:
        return self.beat()


class LongPoll(_Waiter):
    """One page of the feed, as soon as there is something in it."""

    def __init__(self, serialise: Serialise, head: bytes, reader: _Reader, seconds: float) -> None:
        super().__init__(head, reader, seconds)
        self._serialise = serialise

    def head(self) -> bytes:
        return b""

    def read(self, until: int) -> tuple[bytes, bool]:
        page = self._next(until)
        return (self._whole(page) if page and page.data else b""), page is None or bool(page.data)

    def beat(self) -> bytes:
        return b""

    def end(self) -> bytes:
        return self._whole(Page(data=[], has_more=False, next_cursor=None))

    def _whole(self, page: Page[Any]) -> bytes:
        body = self._serialise(page)
        return self._head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


def _event(event: Any) -> bytes:
    data = {"seq": event.seq, "type": event.type, "subject_type": event.subject_type, "subject_id": event.subject_id}
    return f"id: {event.seq}\ndata: {dump_json(data)}\n\n".encode()
