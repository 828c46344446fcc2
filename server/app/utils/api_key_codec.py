"""API keys as text: `flk_` and, base64url, the tenant, the key and 256 random bits. Only a digest is kept."""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from uuid import UUID

from app.utils import tokens
from app.utils.errors import Unauthenticated

PREFIX = "flk_"
UUID_BYTES = 16
SECRET_BYTES = 32
HINT_LENGTH = 4


@dataclass(frozen=True, slots=True)
class KeyClaims:
    """What an API key says of itself; true once the digest is found in the tenant's row."""

    tenant_id: UUID
    key_id: UUID
    digest: str

    @property
    def session_id(self) -> UUID:
        """What rate limits count for."""
        return self.key_id


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it is made: `secret` is shown once, the rest is kept."""

    secret: str
    digest: str
    hint: str


def make(tenant_id: UUID, key_id: UUID) -> NewKey:
    """A fresh secret for this key."""
    random = secrets.token_bytes(SECRET_BYTES)
    secret = PREFIX + base64.urlsafe_b64encode(tenant_id.bytes + key_id.bytes + random).decode().rstrip("=")
    return NewKey(secret, tokens.digest(secret), secret[-HINT_LENGTH:])


def read(token: str) -> KeyClaims:
    """What the text says; Unauthenticated where it is none of our making."""
    text = token.removeprefix(PREFIX)
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise refused() from error
    if len(data) != 2 * UUID_BYTES + SECRET_BYTES:
        raise refused()
    tenant, key = UUID(bytes=data[:UUID_BYTES]), UUID(bytes=data[UUID_BYTES : 2 * UUID_BYTES])
    return KeyClaims(tenant, key, tokens.digest(token))


def refused() -> Unauthenticated:
    """The answer to a key that is unknown, revoked or over."""
    detail = "The API key is invalid, revoked or expired."
    return Unauthenticated(detail, code="invalid_api_key", token_refused=True)
