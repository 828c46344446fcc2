"""Health checks: liveness and readiness."""

from flask import Blueprint

from app.middleware.endpoint.health import ready_response

bp = Blueprint("health", __name__, url_prefix="/health")


@bp.get("/live")
def live():
    """Check that the process is running."""
    return {"status": "live"}


@bp.get("/ready")
def ready():
    """Check that all required services respond; 503 names those that do not."""
    return ready_response()
