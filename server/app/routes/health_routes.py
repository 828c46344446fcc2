"""Whether the process lives, and whether it can serve."""

from flask import Blueprint

from app.middleware.endpoint.health import ready_response

bp = Blueprint("health", __name__, url_prefix="/health")


@bp.get("/live")
def live():
    """The process answers."""
    return {"status": "live"}


@bp.get("/ready")
def ready():
    """Every service that a request needs answers; 503 names those that do not."""
    return ready_response()
