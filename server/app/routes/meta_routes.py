"""Metadata about the API: permissions and state machines."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import AUTHENTICATED
from app.schemas.lists import Page
from app.schemas.meta_schema import PermissionOut, StateMachineOut
from app.services.operations import meta_service

bp = Blueprint("meta", __name__, url_prefix="/meta")


@bp.get("/permissions")
@endpoint(AUTHENTICATED, out=Page[PermissionOut])
def permissions():
    """List all permissions with descriptions."""
    return meta_service.permissions()


@bp.get("/state-machines")
@endpoint(AUTHENTICATED, out=Page[StateMachineOut])
def state_machines():
    """List all state machines with their transitions."""
    return meta_service.state_machines()
