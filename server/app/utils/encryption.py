"""Encryption of stored secrets that must be readable, such as TOTP secrets, with rotating keys."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Cipher:
    """Encrypts with the first key and decrypts with any; create_app() sets the keys."""

    def __init__(self) -> None:
        self._fernet: MultiFernet | None = None

    def init(self, keys: list[str]) -> None:
        self._fernet = MultiFernet([Fernet(_fernet_key(key)) for key in keys])

    def encrypt(self, text: str) -> str:
        """Return `text` encrypted with the first key."""
        return self._bound.encrypt(text.encode()).decode()

    def decrypt(self, kept: str) -> str:
        """Return the decrypted text; ValueError if no key decrypts it."""
        try:
            return self._bound.decrypt(kept.encode()).decode()
        except InvalidToken as error:
            raise ValueError("no key of ENCRYPTION_KEYS opens this secret") from error

    def renew(self, kept: str) -> str:
        """Re-encrypt with the first key; ValueError if no key decrypts it."""
        return self.encrypt(self.decrypt(kept))

    @property
    def _bound(self) -> MultiFernet:
        assert self._fernet is not None, "create_app() binds the keys"
        return self._fernet


def _fernet_key(secret: str) -> bytes:
    """Derive a Fernet key from a secret of at least 32 characters."""
    # A single round of SHA-256 suffices for a random secret; only a password would need a slow hash.
    return base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest())


cipher = Cipher()
