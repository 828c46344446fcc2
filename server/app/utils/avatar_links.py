"""Addresses of avatars: signed, so that nobody can guess one, and valid as long as the avatar is."""

from __future__ import annotations

from uuid import UUID

from itsdangerous import BadSignature

from app.utils.addresses import addresses
from app.utils.errors import NotFound
from app.utils.signing import signer

PURPOSE = "avatar"


def address(tenant_id: UUID, avatar_id: UUID | None) -> str | None:
    """Return the URL of an avatar, which needs no sign-in; None without an avatar."""
    if avatar_id is None:
        return None
    return f"{addresses.api}/api/v1/avatars/{signer.sign(PURPOSE, [tenant_id.hex, avatar_id.hex])}"


def read(token: str) -> tuple[UUID, UUID]:
    """Return the tenant and the avatar of a URL; NotFound if it is not one of `address`."""
    try:
        tenant_id, avatar_id = signer.read(PURPOSE, token)
    except BadSignature as error:
        raise NotFound("There is no such avatar.") from error
    return UUID(tenant_id), UUID(avatar_id)
