"""One structured line per request, with a request id that goes in and out; no personal data."""

from __future__ import annotations

import logging
import re
import sys
import time
from contextlib import ExitStack

import structlog
from flask import Flask, Response, g, request

from app.utils import statements
from app.utils.ids import new_id

REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{1,80}$")
log = structlog.get_logger("request")


def configure_logging(level: str, as_json: bool) -> None:
    """Structured logs on standard error, for people or as JSON lines."""
    renderer = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def install(app: Flask) -> None:
    """Open and close the log of each request."""
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(_close)


def _begin() -> None:
    sent = request.headers.get("X-Request-Id", "")
    g.request_id = sent if REQUEST_ID.match(sent) else str(new_id())
    g.started = time.perf_counter()
    g.stack = ExitStack()
    g.statements = g.stack.enter_context(statements.counted())


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    for name, value in g.get("rate_headers", {}).items():
        response.headers.setdefault(name, value)
    principal = g.get("principal")
    log.info(
        "request",
        request_id=g.get("request_id"),
        method=request.method,
        route=str(request.url_rule) if request.url_rule else None,
        status=response.status_code,
        milliseconds=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        statements=g.statements[0] if "statements" in g else 0,
        tenant=str(principal.tenant_id) if principal else None,
        user=str(principal.user_id) if principal else None,
    )
    return response


def _close(error: BaseException | None) -> None:
    stack = g.pop("stack", None)
    if stack is not None:
        stack.close()
