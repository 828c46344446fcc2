"""The ledger's readers: change feed and audit trail."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.endpoint.files import send_download
from app.schemas.common import Page
from app.schemas.event_schema import AuditQuery, ChainReport, CheckpointOut, CheckpointQuery, EventOut, EventQuery
from app.services.events import event_service, ledger_checkpoint_service
from app.services.tenants import ledger_export_service

bp = Blueprint("events", __name__, url_prefix="")


@bp.get("/events")
@endpoint("events.read", out=Page[EventOut])
def feed(query: EventQuery):
    """The change feed: events after a `seq`, oldest first, without gaps."""
    return event_service.feed(query)


@bp.get("/audit")
@endpoint("audit.read", out=Page[EventOut])
def audit(query: AuditQuery):
    """The audit trail, newest first."""
    return event_service.audit(query)


@bp.get("/audit/verify")
@endpoint("audit.read", out=ChainReport)
def verify():
    """Recompute the chain of hashes and hold the signed checkpoints against it."""
    return event_service.verify()


@bp.get("/audit/checkpoints")
@endpoint("audit.read", out=Page[CheckpointOut])
def checkpoints(query: CheckpointQuery):
    """Signed notes of how far the ledger had come, one a day."""
    return ledger_checkpoint_service.list_checkpoints(query)


@bp.get("/audit/export")
@endpoint("audit.export", out=bytes)
def export():
    """The whole audit trail as lines of JSON, which `manage.py audit verify` checks without a database."""
    return send_download(ledger_export_service.export())
