"""Secrets that must be read again, like a second factor's: encrypted at rest, under keys that can rotate."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Cipher:
    """Bound by create_app() to the keys; the first encrypts, all decrypt."""

    def __init__(self) -> None:
        self._fernet: MultiFernet | None = None

    def init(self, keys: list[str]) -> None:
        self._fernet = MultiFernet([Fernet(_fernet_key(key)) for key in keys])

    def encrypt(self, text: str) -> str:
        """`text` under the first key."""
        return self._bound.encrypt(text.encode()).decode()

    def decrypt(self, kept: str) -> str:
        """The text; ValueError where none of the keys made it."""
        try:
            return self._bound.decrypt(kept.encode()).decode()
        except InvalidToken as error:
            raise ValueError("no key of ENCRYPTION_KEYS opens this secret") from error

    def renew(self, kept: str) -> str:
        """The same text under the first key; ValueError where none of the keys made it."""
        return self.encrypt(self.decrypt(kept))

    @property
    def _bound(self) -> MultiFernet:
        assert self._fernet is not None, "create_app() binds the keys"
        return self._fernet


def _fernet_key(secret: str) -> bytes:
    """A Fernet key out of a secret of 32 characters or more."""
    return base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest())


cipher = Cipher()
