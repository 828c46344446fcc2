"""Opaque tokens, of which only a digest is stored."""

import hashlib
import secrets


def new_secret() -> str:
    """Return 256 random bits as URL-safe text."""
    return secrets.token_urlsafe(32)


def digest(text: str) -> str:
    """Return the SHA-256 in hex; sufficient for random secrets, but not for passwords."""
    return hashlib.sha256(text.encode()).hexdigest()
