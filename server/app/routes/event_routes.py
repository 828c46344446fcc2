"""The ledger's readers: change feed and audit trail."""

from flask import Blueprint

from app.middleware.endpoint import endpoint
from app.schemas.common import Page
from app.schemas.event_schema import AuditQuery, ChainReport, EventOut, EventQuery
from app.services import event_service

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
    """Recompute the chain of hashes."""
    return event_service.verify()
