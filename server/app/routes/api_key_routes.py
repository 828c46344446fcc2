"""API keys, which only users can manage."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.api_key_schema import ApiKeyCreate, ApiKeyOut, ApiKeyQuery, ApiKeyRotation, ApiKeySecret, ApiKeyUpdate
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.services.access import api_key_service

bp = Blueprint("api_keys", __name__, url_prefix="/api-keys")


@bp.get("")
@endpoint("api_keys.read", out=Page[ApiKeyOut])
def list_keys(query: ApiKeyQuery):
    """List API keys, including revoked ones."""
    return api_key_service.list_keys(query)


@bp.post("")
@endpoint("api_keys.create", out=ApiKeySecret, status=201, idempotency_key="none", feature="api_access")
def create(body: ApiKeyCreate):
    """Create an API key.

    The secret is only returned in this response.
    """
    return api_key_service.create(body)


@bp.get("/<uuid:key_id>")
@endpoint("api_keys.read", out=ApiKeyOut)
def get(key_id: UUID):
    """Get an API key."""
    return api_key_service.get(key_id)


@bp.patch("/<uuid:key_id>")
@endpoint("api_keys.update", out=ApiKeyOut)
def update(key_id: UUID, body: ApiKeyUpdate, if_match: IfMatch):
    """Update the name or permissions of an API key.

    Changes apply from the next request on.
    """
    return api_key_service.update(key_id, body, if_match)


@bp.post("/<uuid:key_id>/rotation")
@endpoint("api_keys.update", out=ApiKeySecret, idempotency_key="none", feature="api_access")
def rotate(key_id: UUID, body: ApiKeyRotation):
    """Rotate the secret of an API key.

    The previous secret remains valid for the overlap.
    """
    return api_key_service.rotate(key_id, body)


@bp.delete("/<uuid:key_id>")
@endpoint("api_keys.delete", status=204)
def revoke(key_id: UUID):
    """Revoke an API key immediately."""
    api_key_service.revoke(key_id)
