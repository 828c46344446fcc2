"""Opaque tokens: shown once, kept as a digest."""

import hashlib
import secrets


def new_secret() -> str:
    """256 bits of randomness as URL-safe text."""
    return secrets.token_urlsafe(32)


def digest(text: str) -> str:
    """SHA-256 in hex; enough for a random secret, never for a password."""
    return hashlib.sha256(text.encode()).hexdigest()
