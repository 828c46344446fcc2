"""Actions on many candidates at once."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.candidate_bulk_schema import BulkAction, BulkOperationItem, BulkOperationQuery, BulkOut
from app.schemas.common import Page
from app.services.candidates import candidate_bulk_service

bp = Blueprint("candidate_bulk", __name__)


@bp.post("/candidates/bulk/<any(archive, activate, assign, unassign, tag, untag, pool, unpool):action>")
@endpoint("candidates.update", out=BulkOut, idempotency_key="required")
def run(action: str, body: BulkAction):
    """Do something to up to 500 candidates, or with dry_run tell what it would be."""
    return candidate_bulk_service.run(action, body)


@bp.get("/candidate-bulk-operations")
@endpoint("candidates.update", out=Page[BulkOperationItem])
def list_operations(query: BulkOperationQuery):
    """List the actions on many candidates of the last seven days."""
    return candidate_bulk_service.list_operations(query)


@bp.post("/candidate-bulk-operations/<uuid:operation_id>/undo")
@endpoint("candidates.update", out=BulkOut)
def undo(operation_id: UUID):
    """Take an action back for every candidate whose state is still what the action made it."""
    return candidate_bulk_service.undo(operation_id)
