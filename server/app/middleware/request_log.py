"""One structured log line per request, with the request id of the client or a new one; no personal data."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from contextlib import ExitStack
from typing import Any

import structlog
from flask import Flask, Response, g, request

from app.utils import statements
from app.utils.ids import new_id
from app.utils.json_provider import dump_json
from app.utils.metrics import metrics

REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{1,80}$")  # clients choose it, and it reaches logs and events
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}  # others are counted as "-"
log = structlog.get_logger("request")


def configure_logging(level: str, as_json: bool) -> None:
    """Configure structured logs on standard error, as readable text or JSON lines."""
    as_line = structlog.processors.JSONRenderer(_dump)
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # it logs warnings about errors that are handled
    renderer = as_line if as_json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _dump(line: Any, **options: Any) -> str:
    try:
        return dump_json(line)
    except TypeError:  # a lone surrogate or a number beyond 64 bits, in the text of an error
        return json.dumps(line, default=str)


def install(app: Flask) -> None:
    """Register the hooks that log each request."""
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(_close)


def _begin() -> None:
    sent = request.headers.get("X-Request-Id", "")
    context = g._get_current_object()  # each access through the proxy would cost a look-up
    context.request_id = sent if REQUEST_ID.match(sent) else str(new_id())
    context.started = time.perf_counter()
    context.stack = ExitStack()  # closed in teardown, which also runs after errors
    context.statements = context.stack.enter_context(statements.counted())


def _finish(response: Response) -> Response:
    context, current = g._get_current_object(), request._get_current_object()  # type: ignore[attr-defined]  # a proxy
    response.headers["X-Request-Id"] = context.get("request_id", "")
    for name, value in context.get("rate_headers", {}).items():
        response.headers.setdefault(name, value)
    principal = context.get("principal")
    route = current.url_rule.rule if current.url_rule else None
    seconds = time.perf_counter() - context.get("started", time.perf_counter())
    counted = context.get("statements", [0])[0]
    metrics.request(
        current.method if current.method in METHODS else "-", route or "-", response.status_code, seconds, counted
    )
    # The rule instead of the path, which may contain ids, tokens or names.
    log.info(
        "request",
        request_id=context.get("request_id"),
        method=current.method,
        route=route,
        status=response.status_code,
        milliseconds=round(seconds * 1000, 1),
        statements=counted,
        tenant=str(principal.tenant_id) if principal else None,
        user=str(principal.actor_id) if principal else None,
        actor=principal.kind if principal else None,
    )
    return response


def _close(error: BaseException | None) -> None:
    stack = g.pop("stack", None)
    if stack is not None:
        stack.close()
