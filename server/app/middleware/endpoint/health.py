"""The readiness response."""

from __future__ import annotations

from flask import Response, jsonify

from app.services.operations import health_service


def ready_response() -> Response:
    """Return the status of each dependency: 200 if all required ones respond, otherwise 503."""
    report = health_service.check()
    response = jsonify(report)
    response.status_code = 200 if report["status"] == "ready" else 503
    if response.status_code == 503:
        response.headers["Retry-After"] = "2"
    return response
