"""The change feed for clients that wait: server-sent events, and answers that come when there is something."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, cast
from uuid import UUID

from flask import Flask, Response, current_app, g, request

from app.middleware import handoff
from app.middleware.event_waiters import EventStream, FeedReader, LongPoll, Serialise, beginning, event_text
from app.middleware.identity.authentication import claims_of_request
from app.schemas.event_schema import EventQuery, StreamQuery
from app.schemas.lists import Page
from app.services.access.principal_service import Principal
from app.services.events import event_position_service, event_service
from app.utils import scope
from app.utils.errors import BadRequest, TooManyRequests
from app.utils.stream_hub import stream_hub

STREAM_SECONDS = 900.0  # an access token's life; the session is checked before each delivery
AT_ONCE = 200
PER_CALLER = 20


def stream(query: StreamQuery) -> Response:
    """Answer with server-sent events, from `Last-Event-ID`, `after`, or now on."""
    after = _last_event_id() if "Last-Event-ID" in request.headers else query.after
    if after is None:
        after = event_position_service.of_tenants([scope.tenant_id()]).get(scope.tenant_id(), 0)
    feed_query = EventQuery(
        after=after, limit=AT_ONCE, types=query.types, subject_type=query.subject_type, subject_id=query.subject_id
    )
    body = b""
    if not handoff.is_possible():  # what is there now; the client comes back for more, as the protocol has it
        body = beginning(after) + b"".join(map(event_text, event_service.feed(feed_query).data))
    response = Response(body, content_type="text/event-stream; charset=utf-8", headers={"X-Accel-Buffering": "no"})
    if body:
        return response
    _check_room(g.principal)
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
    reader = FeedReader(flask_app, claims_of_request(), g.principal, query)
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
