"""Moves and rejections of many applications at once."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.application_bulk_schema import ApplicationBulkMove, ApplicationBulkOut, ApplicationBulkReject
from app.services.applications import application_bulk_service

bp = Blueprint("application_bulk", __name__)


@bp.post("/applications/bulk/move")
@endpoint("applications.move", out=ApplicationBulkOut, idempotency_key="required")
def move(body: ApplicationBulkMove):
    """Move up to 500 applications of a job to another stage, or with dry_run tell what it would be."""
    return application_bulk_service.move(body)


@bp.post("/applications/bulk/reject")
@endpoint("applications.move", out=ApplicationBulkOut, idempotency_key="required")
def reject(body: ApplicationBulkReject):
    """Reject up to 500 applications, or with dry_run tell what it would be; their mails wait as for one."""
    return application_bulk_service.reject(body)


@bp.post("/application-bulk-operations/<uuid:application_operation_id>/undo")
@endpoint("applications.move", out=ApplicationBulkOut)
def undo(application_operation_id: UUID):
    """Take an action back for every application that is still as the action made it."""
    return application_bulk_service.undo(application_operation_id)
