"""Explanations of permissions."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.authz_schema import ExplainOut, ExplainQuery
from app.services.access.principal_service import Principal
from app.services.users import authz_service

bp = Blueprint("authz", __name__, url_prefix="/authz")


@bp.get("/explain")
@endpoint("roles.read", out=ExplainOut)
def explain(query: ExplainQuery, principal: Principal):
    """Explain whether a user is allowed to perform an action."""
    return authz_service.explain(query, principal.user_id)
