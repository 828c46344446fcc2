"""Bulk actions on candidates."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.candidate_bulk_schema import BulkAction, BulkOperationItem, BulkOperationQuery, BulkOut
from app.schemas.lists import Page
from app.services.candidates import candidate_bulk_service

bp = Blueprint("candidate_bulk", __name__)


@bp.post("/candidates/bulk/<words(archive, activate, assign, unassign, tag, untag, pool, unpool):action>")
@endpoint("candidates.update", out=BulkOut, idempotency_key="required")
def run(action: str, body: BulkAction):
    """Perform an action on up to 500 candidates.

    With `dry_run`, preview the result without changing anything.
    """
    return candidate_bulk_service.run(action, body)


@bp.get("/candidate-bulk-operations")
@endpoint("candidates.update", out=Page[BulkOperationItem])
def list_operations(query: BulkOperationQuery):
    """List the bulk actions of the last seven days."""
    return candidate_bulk_service.list_operations(query)


@bp.post("/candidate-bulk-operations/<uuid:operation_id>/undo")
@endpoint("candidates.update", out=BulkOut)
def undo(operation_id: UUID):
    """Undo a bulk action.

    Candidates whose state has changed since the action are skipped.
    """
    return candidate_bulk_service.undo(operation_id)
