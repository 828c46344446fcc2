"""Signatures under the ledger's checkpoints: Ed25519, so that whoever has the public key can check them offline."""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class LedgerSigner:
    """Bound by create_app() to the keys; the first signs, all verify, so that keys can rotate."""

    def __init__(self) -> None:
        self._keys: dict[str, Ed25519PrivateKey] = {}

    def init(self, secrets: dict[str, str]) -> None:
        self._keys = {kid: _private(secret) for kid, secret in secrets.items()}

    def sign(self, message: bytes) -> tuple[str, str]:
        """The name of the key and the signature in hex."""
        kid, key = next(iter(self._keys.items()))
        return kid, key.sign(message).hex()

    def public_keys(self) -> dict[str, str]:
        """The public keys in hex, by name."""
        return {kid: key.public_key().public_bytes_raw().hex() for kid, key in self._keys.items()}


def verify(public_key: str | None, message: bytes, signature: str) -> bool:
    """Whether the holder of the private key signed this message; False for no key and for nonsense."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key or "")).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _private(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"fairlead ledger {secret}".encode()).digest())


ledger_signer = LedgerSigner()
