"""The screening queue."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.schemas.screening_schema import (
    ScreeningBulkDecision,
    ScreeningBulkOut,
    ScreeningDecision,
    ScreeningOut,
    ScreeningQuery,
)
from app.schemas.state_schema import ActionsQuery
from app.services.applications import screening_service

bp = Blueprint("screenings", __name__, url_prefix="/screenings")


@bp.get("")
@endpoint("applications.read", out=Page[ScreeningOut])
def list_screenings(query: ScreeningQuery):
    """List applications that failed a screening question.

    With `status=waiting`, those for which a person must decide.
    """
    return screening_service.list_screenings(query)


@bp.get("/<uuid:screening_id>")
@endpoint("applications.read", out=ScreeningOut)
def get(screening_id: UUID, query: ActionsQuery):
    """Get a screening with its questions, rules and answers."""
    return screening_service.get(screening_id, query)


@bp.post("/<uuid:screening_id>/<words(confirm, overturn):action>")
@endpoint("applications.move", out=ScreeningOut)
def act(screening_id: UUID, action: str, body: ScreeningDecision, if_match: IfMatch):
    """Confirm or overturn a screening.

    `confirm` rejects the application, with the usual delay of the email; `overturn` lets it go on.
    """
    return screening_service.act(screening_id, action, body, if_match)


@bp.post("/bulk/<words(confirm, overturn):action>")
@endpoint("applications.move", out=ScreeningBulkOut, idempotency_key="required")
def act_on_many(action: str, body: ScreeningBulkDecision):
    """Confirm or overturn up to 500 screenings.

    With `dry_run`, preview the result without changing anything.
    """
    return screening_service.act_on_many(action, body)
