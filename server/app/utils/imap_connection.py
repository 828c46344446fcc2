"""Connections to IMAP servers (RFC 9051): to an address that was checked, with or without TLS.

A server may be hostile: a deadline holds for the whole connection, and an allowance of bytes for each command.
"""

from __future__ import annotations

import imaplib
import io
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any

from app.utils.errors import UpstreamFailed
from app.utils.outbound_streams import SECONDS, GuardedReader

ALLOWANCE = 2 * 1024 * 1024  # bytes for a command: the list of a long mailbox
# Also what imaplib makes of an answer that it does not expect.
LOST = (OSError, imaplib.IMAP4.error, EOFError, ValueError, IndexError, OverflowError)


@dataclass(frozen=True, slots=True)
class MailboxLogin:
    """Where a mailbox is and how to get in: with a password, or with an access token of OAuth."""

    host: str
    port: int
    security: str  # "tls", "starttls" or "none"
    username: str
    secret: str
    is_token: bool
    folder: str


class Connection(imaplib.IMAP4):
    """A connection to an address that was checked, whatever the name resolves to now."""

    def __init__(self, login: MailboxLogin, address: str, seconds: float) -> None:
        self._address, self._is_tls = address, login.security == "tls"
        self._ends = time.monotonic() + seconds
        self._reader: GuardedReader | None = None
        super().__init__(login.host, login.port, SECONDS)

    def allow(self, count: int) -> None:
        """Allow so many bytes from here on."""
        if self._reader is not None:
            self._reader.allowance = count

    @property
    def file(self) -> Any:
        """What imaplib reads from."""
        return self._buffered

    @file.setter
    def file(self, made: Any) -> None:
        made.close()
        self._reader = GuardedReader(self.sock, self._ends, ALLOWANCE)
        self._buffered = io.BufferedReader(self._reader)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = socket.create_connection((self._address, self.port), timeout)
        if not self._is_tls:
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def lost() -> UpstreamFailed:
    """Return the error of a connection that broke."""
    return UpstreamFailed("The mailbox cannot be reached.", code="mailbox_unreachable")


imaplib._MAXLINE = max(imaplib._MAXLINE, ALLOWANCE)  # type: ignore[attr-defined]  # a search lists a long mailbox
