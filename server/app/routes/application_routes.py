"""Applications and their transitions."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.application_form_schema import ApplicationFormOut
from app.schemas.application_schema import (
    ApplicationAction,
    ApplicationCreate,
    ApplicationListed,
    ApplicationMove,
    ApplicationOut,
    ApplicationQuery,
    ApplicationTransfer,
    ApplicationUpdate,
    StageHistoryOut,
)
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.schemas.state_schema import ActionsQuery
from app.services.applications import (
    application_form_service,
    application_lists,
    application_service,
    stage_history_service,
)

bp = Blueprint("applications", __name__, url_prefix="/applications")


@bp.get("")
@endpoint("applications.read", out=Page[ApplicationListed])
def list_applications(query: ApplicationQuery):
    """List applications."""
    return application_lists.list_applications(query)


@bp.post("")
@endpoint("applications.create", out=ApplicationOut, status=201)
def create(body: ApplicationCreate):
    """Create an application for an open job."""
    return application_service.create(body)


@bp.get("/<uuid:application_id>")
@endpoint("applications.read", out=ApplicationOut)
def get(application_id: UUID, query: ActionsQuery):
    """Get an application."""
    return application_service.show(application_id, query)


@bp.patch("/<uuid:application_id>")
@endpoint("applications.update", out=ApplicationOut)
def update(application_id: UUID, body: ApplicationUpdate, if_match: IfMatch):
    """Update the source or custom fields of an application."""
    return application_service.update(application_id, body, if_match)


@bp.post("/<uuid:application_id>/move")
@endpoint("applications.move", out=ApplicationOut)
def move(application_id: UUID, body: ApplicationMove, if_match: IfMatch):
    """Move an application to another stage of its job."""
    return application_service.move(application_id, body, if_match)


@bp.get("/<uuid:application_id>/stage-history")
@endpoint("applications.read", out=Page[StageHistoryOut])
def stage_history(application_id: UUID):
    """List the stage history of an application, oldest first."""
    return stage_history_service.list_entries(application_id)


@bp.get("/<uuid:application_id>/forms")
@endpoint("applications.read", out=Page[ApplicationFormOut])
def forms(application_id: UUID):
    """List the application forms submitted on the careers page, newest first."""
    return application_form_service.list_forms(application_id)


@bp.post("/<uuid:application_id>/transfer")
@endpoint("applications.move", out=ApplicationOut, status=201)
def transfer(application_id: UUID, body: ApplicationTransfer, if_match: IfMatch):
    """Transfer an application to another open job.

    The application ends, and a new one is created.
    """
    return application_service.transfer(application_id, body, if_match)


@bp.post("/<uuid:application_id>/<words(reject, withdraw, reopen):action>")
@endpoint("applications.move", out=ApplicationOut)
def act(application_id: UUID, action: str, body: ApplicationAction, if_match: IfMatch):
    """Reject, withdraw or reopen an application.

    A rejection requires a reason.
    """
    return application_service.act(application_id, action, body, if_match)


@bp.post("/<uuid:application_id>/hire")
@endpoint("applications.move", out=ApplicationOut)
def hire(application_id: UUID, body: ApplicationAction, if_match: IfMatch):
    """Hire the candidate of an application.

    Without an accepted offer, this requires the `applications.hire` permission.
    """
    return application_service.act(application_id, "hire", body, if_match)


@bp.post("/<uuid:application_id>/unhire")
@endpoint("applications.hire", out=ApplicationOut)
def unhire(application_id: UUID, body: ApplicationAction, if_match: IfMatch):
    """Undo a hire."""
    return application_service.act(application_id, "unhire", body, if_match)
