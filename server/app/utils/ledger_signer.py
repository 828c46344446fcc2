"""Signatures of audit trail checkpoints: Ed25519, so that anyone with the public key can verify them offline."""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class LedgerSigner:
    """Signs with the first key; older keys still verify, so that keys can rotate. create_app() sets the keys."""

    def __init__(self) -> None:
        self._keys: dict[str, Ed25519PrivateKey] = {}

    def init(self, secrets: dict[str, str]) -> None:
        self._keys = {kid: _private(secret) for kid, secret in secrets.items()}

    def sign(self, message: bytes) -> tuple[str, str]:
        """Return the key's name and the signature in hex."""
        kid, key = next(iter(self._keys.items()))
        return kid, key.sign(message).hex()

    def public_keys(self) -> dict[str, str]:
        """Return the public keys in hex, by name."""
        return {kid: key.public_key().public_bytes_raw().hex() for kid, key in self._keys.items()}


def verify(public_key: str | None, message: bytes, signature: str) -> bool:
    """Whether the signature is valid for this message; False also for a missing key or malformed values."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key or "")).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _private(secret: str) -> Ed25519PrivateKey:
    # The prefix keeps this key different from others that are derived from the same secret.
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"fairlead ledger {secret}".encode()).digest())


ledger_signer = LedgerSigner()
