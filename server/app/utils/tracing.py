"""OpenTelemetry traces, for installations with a collector.

The spans are created here, since the instrumentation for Flask records whole URLs with search terms, and the one for
SQLAlchemy does not support the version in use.
"""

from __future__ import annotations

import importlib
from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy import Engine, event

PACKAGES = "opentelemetry-sdk opentelemetry-exporter-otlp-proto-http"


def install(app: Flask, engine: Engine, endpoint: str) -> None:
    """Trace the requests of `app` and the statements of `engine`, and send the spans to `endpoint` in batches.

    Statements that bypass SQLAlchemy have no spans. RuntimeError if the packages are not installed.
    """
    try:
        # The packages are optional, and only loaded if traces are configured.
        sdk = importlib.import_module("opentelemetry.sdk.trace")
        export = importlib.import_module("opentelemetry.sdk.trace.export")
        resources = importlib.import_module("opentelemetry.sdk.resources")
        otlp = importlib.import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ModuleNotFoundError as error:
        raise RuntimeError(f"OTEL_ENDPOINT needs more packages: pip install {PACKAGES}") from error
    provider = sdk.TracerProvider(resource=resources.Resource.create({"service.name": "fairlead"}))
    exporter = otlp.OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(export.BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("fairlead")
    _trace_requests(app, tracer)
    _trace_statements(engine, tracer)


def _trace_requests(app: Flask, tracer: Any) -> None:
    """Create a span per request, in the caller's trace (W3C Trace Context), without the URL's parameters."""
    trace = importlib.import_module("opentelemetry.trace")
    propagate = importlib.import_module("opentelemetry.propagate")

    def begin() -> None:
        route = request.url_rule.rule if request.url_rule else "-"
        facts = {"http.request.method": request.method, "http.route": route}
        span = tracer.start_span(
            f"{request.method} {route}", propagate.extract(request.headers), trace.SpanKind.SERVER, facts
        )
        g.span_scope = trace.use_span(span, end_on_exit=True)
        g.span_scope.__enter__()  # no `with`: the hooks of a request are separate calls

    def note(response: Response) -> Response:
        trace.get_current_span().set_attribute("http.response.status_code", response.status_code)
        return response

    def end(error: BaseException | None) -> None:
        if (span_scope := g.pop("span_scope", None)) is not None:
            span_scope.__exit__(None, None, None)

    app.before_request(begin)
    app.after_request(note)
    app.teardown_request(end)


def _trace_statements(engine: Engine, tracer: Any) -> None:
    """Create a span per statement, with its text but without parameters."""

    def begin(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        context.span = tracer.start_span(statement.split(None, 1)[0].upper(), attributes={"db.query.text": statement})

    def end(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        context.span.end()

    def fail(failure: Any) -> None:
        # SQLAlchemy does not call `end` for a failed statement.
        span = getattr(failure.execution_context, "span", None)
        if span is not None:
            span.set_attribute("error.type", type(failure.original_exception).__name__)
            span.end()

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)
    event.listen(engine, "handle_error", fail)
