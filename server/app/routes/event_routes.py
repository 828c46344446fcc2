"""The change feed and the audit trail."""

from flask import Blueprint

from app.middleware import event_streams
from app.middleware.endpoint.decorator import endpoint
from app.middleware.endpoint.files import send_download
from app.middleware.endpoint.serialisation import page_serialiser
from app.schemas.event_schema import (
    AuditQuery,
    ChainReport,
    CheckpointOut,
    CheckpointQuery,
    EventOut,
    EventPosition,
    EventQuery,
    StreamQuery,
)
from app.schemas.lists import Page
from app.services.events import event_service, ledger_checkpoint_service
from app.services.tenants import ledger_export_service

bp = Blueprint("events", __name__, url_prefix="")
WRITE_PAGE = page_serialiser(EventOut)


class EventStream(bytes):
    """Server-sent events."""

    media_types = ("text/event-stream",)


@bp.get("/events")
@endpoint("events.read", out=Page[EventOut])
def feed(query: EventQuery):
    """Read the change feed.

    Returns the events after a `seq`, oldest first, without gaps. With `wait`, the answer comes as soon as there is one.
    """
    return event_streams.wait(event_service.feed(query), query, WRITE_PAGE)


@bp.get("/events/position")
@endpoint("events.read", out=EventPosition)
def position():
    """Get how far the change feed goes.

    Read it before you load your page, and go on from there with `GET /events?after=&wait=`.
    """
    return event_service.position()


@bp.get("/events/stream")
@endpoint("events.read", out=EventStream)
def stream(query: StreamQuery):
    """Stream the change feed as server-sent events.

    Each has the `seq` as its id, and type and subject as JSON. A stream ends after 15 minutes; come back with
    `Last-Event-ID` and a fresh token.
    """
    return event_streams.stream(query)


@bp.get("/audit")
@endpoint("audit.read", out=Page[EventOut])
def audit(query: AuditQuery):
    """List the audit trail, newest first."""
    return event_service.audit(query)


@bp.get("/audit/verify")
@endpoint("audit.read", out=ChainReport)
def verify():
    """Verify the hash chain of the audit trail against the signed checkpoints."""
    return event_service.verify()


@bp.get("/audit/checkpoints")
@endpoint("audit.read", out=Page[CheckpointOut])
def checkpoints(query: CheckpointQuery):
    """List the daily signed checkpoints of the audit trail."""
    return ledger_checkpoint_service.list_checkpoints(query)


@bp.get("/audit/export")
@endpoint("audit.export", out=bytes)
def export():
    """Export the audit trail as JSON Lines.

    `manage.py audit verify` verifies the export without a database.
    """
    return send_download(ledger_export_service.export())
