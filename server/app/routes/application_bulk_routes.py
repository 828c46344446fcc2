"""Bulk moves and rejections of applications."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.application_bulk_schema import ApplicationBulkMove, ApplicationBulkOut, ApplicationBulkReject
from app.services.applications import application_bulk_service

bp = Blueprint("application_bulk", __name__)


@bp.post("/applications/bulk/move")
@endpoint("applications.move", out=ApplicationBulkOut, idempotency_key="required")
def move(body: ApplicationBulkMove):
    """Move up to 500 applications of a job to another stage.

    With `dry_run`, preview the result without changing anything.
    """
    return application_bulk_service.move(body)


@bp.post("/applications/bulk/reject")
@endpoint("applications.move", out=ApplicationBulkOut, idempotency_key="required")
def reject(body: ApplicationBulkReject):
    """Reject up to 500 applications.

    Rejection emails are delayed as for a single rejection. With `dry_run`, preview the result without changing
    anything.
    """
    return application_bulk_service.reject(body)


@bp.post("/application-bulk-operations/<uuid:application_operation_id>/undo")
@endpoint("applications.move", out=ApplicationBulkOut)
def undo(application_operation_id: UUID):
    """Undo a bulk action.

    Applications that have changed since the action are skipped.
    """
    return application_bulk_service.undo(application_operation_id)
