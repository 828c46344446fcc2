"""Addresses for answers and for copies: each email and each user has one, signed, so that nobody can guess another."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from uuid import UUID

LETTERS = 16  # of the signature, base32: 80 bits
ANSWER, COPY = (re.compile(rf"^{letter}\+([a-z2-7]{{26}})([a-z2-7]{{16}})$") for letter in "rb")
REPLY, RECORD = b"reply:", b"record:"  # what an address is signed for
OUR_ID = re.compile(r"^([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})@(.+)$")


class ReplyAddresses:
    """Makes and reads the addresses; create_app() sets domain and secret. Without a domain, there are none."""

    def __init__(self) -> None:
        self.domain, self._secret = "", b""

    def init(self, domain: str, secret: str) -> None:
        self.domain, self._secret = domain.lower(), secret.encode()

    def of(self, message_id: UUID) -> str | None:
        """Return the address for answers to an email, or None if this installation takes no answers."""
        if not self.domain:
            return None
        number = base64.b32encode(message_id.bytes).decode().rstrip("=").lower()
        return f"r+{number}{self._signature(number)}@{self.domain}"

    def read(self, address: str) -> UUID | None:
        """Return the email that an address is for, or None if it is not one of ours or is forged."""
        return self._read(address, ANSWER, REPLY)

    def of_record(self, user_id: UUID) -> str | None:
        """Return the address to which a user sends copies for the record, or None as in `of`."""
        if not self.domain:
            return None
        number = base64.b32encode(user_id.bytes).decode().rstrip("=").lower()
        return f"b+{number}{self._signature(number, RECORD)}@{self.domain}"

    def read_record(self, address: str) -> UUID | None:
        """Return the user whose address for copies it is, or None as in `read`."""
        return self._read(address, COPY, RECORD)

    def _read(self, address: str, pattern: re.Pattern[str], purpose: bytes) -> UUID | None:
        local, _, domain = address.lower().rpartition("@")
        found = pattern.match(local)
        if not self.domain or domain != self.domain or found is None:
            return None
        number, signature = found.groups()
        if not hmac.compare_digest(signature, self._signature(number, purpose)):
            return None
        return UUID(bytes=base64.b32decode(number.upper() + "=" * 6))

    def _signature(self, number: str, purpose: bytes = REPLY) -> str:
        digest = hmac.new(self._secret, purpose + number.encode(), hashlib.sha256).digest()
        return base64.b32encode(digest).decode().lower()[:LETTERS]


def own_message(reference: str, domain: str) -> UUID | None:
    """Return the email that a Message-ID (RFC 5322, without brackets) of ours names, or None."""
    found = OUR_ID.match(reference.strip().lower())
    return UUID(found[1]) if found is not None and found[2] == domain.lower() else None


reply_addresses = ReplyAddresses()
