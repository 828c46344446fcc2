"""The format of API keys: `flk_`, then base64url of tenant id, key id and 256 random bits. Only digests are stored."""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from uuid import UUID

from app.utils import tokens
from app.utils.errors import Unauthenticated

PREFIX = "flk_"  # distinguishes API keys from access tokens in the Authorization header
UUID_BYTES = 16
SECRET_BYTES = 32
HINT_LENGTH = 4  # last characters of the secret, stored so that users can tell their keys apart


@dataclass(frozen=True, slots=True)
class KeyClaims:
    """The content of an API key; verified only once the digest matches the stored one."""

    tenant_id: UUID
    key_id: UUID
    digest: str

    @property
    def session_id(self) -> UUID:
        """The id that rate limits count by."""
        return self.key_id


@dataclass(frozen=True, slots=True)
class NewKey:
    """A new key: `secret` is shown once, `digest` and `hint` are stored."""

    secret: str
    digest: str
    hint: str


def make(tenant_id: UUID, key_id: UUID) -> NewKey:
    """Generate a new secret for a key."""
    random = secrets.token_bytes(SECRET_BYTES)
    # The tenant id is part of the key, since row security needs a tenant before the key can be looked up.
    secret = PREFIX + base64.urlsafe_b64encode(tenant_id.bytes + key_id.bytes + random).decode().rstrip("=")
    return NewKey(secret, tokens.digest(secret), secret[-HINT_LENGTH:])


def read(token: str) -> KeyClaims:
    """Parse an API key; Unauthenticated if it is malformed."""
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
    """Return the error for a key that is unknown, revoked or expired."""
    detail = "The API key is invalid, revoked or expired."
    return Unauthenticated(detail, code="invalid_api_key", token_refused=True)
