"""Connections to IMAP servers (RFC 9051): to an address that was checked, encrypted, and logged in.

A server may be hostile: a deadline holds for the whole connection, and an allowance of bytes for each command.
"""

from __future__ import annotations

import imaplib
import io
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from app.utils.errors import UpstreamFailed
from app.utils.outbound import SECONDS, GuardedReader, outbound

MOST_SECONDS = 30.0  # unless the caller says otherwise
ALLOWANCE = 2 * 1024 * 1024  # bytes for a command: the list of a long mailbox
UIDVALIDITY = re.compile(r"^\s*(\d{1,10})")
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


@contextmanager
def connected(login: MailboxLogin, seconds: float = MOST_SECONDS) -> Iterator[tuple[Connection, int]]:
    """Open a folder for reading, and yield the connection and the UIDVALIDITY of the folder.

    UpstreamFailed if the server cannot be reached, or refuses the login or the folder; Unavailable as in
    `outbound.slot`.
    """
    address = outbound.resolve(login.host, login.port)
    with outbound.slot():
        try:
            connection = Connection(login, address, seconds)
        except LOST as error:
            raise lost() from error
        try:
            if login.security == "starttls":
                _start_tls(connection)
            _log_in(connection, login)
            yield connection, _select(connection, login.folder)
        finally:
            _close(connection)


def _start_tls(connection: Connection) -> None:
    try:
        connection.starttls(ssl.create_default_context())
    except LOST as error:
        raise lost() from error


def _close(connection: Connection) -> None:
    with suppress(*LOST):
        connection.logout()
    with suppress(*LOST):
        connection.shutdown()  # a logout that fails leaves the socket open


def _log_in(connection: Connection, login: MailboxLogin) -> None:
    try:
        if login.is_token:
            said = f"user={login.username}\x01auth=Bearer {login.secret}\x01\x01".encode()
            connection.authenticate("XOAUTH2", lambda _: said)
        else:
            quoted(login.secret)  # checked only: imaplib quotes the password, but not the name
            connection.login(quoted(login.username), login.secret)
    except imaplib.IMAP4.abort as error:
        raise lost() from error
    except imaplib.IMAP4.error as error:  # the text of the server may repeat what was sent
        raise UpstreamFailed("The mailbox refuses the login.", code="login_refused") from error
    except LOST as error:
        raise lost() from error


def _select(connection: Connection, folder: str) -> int:
    try:
        status, _ = connection.select(quoted(folder), readonly=True)
        if status != "OK":
            raise UpstreamFailed("There is no such folder in the mailbox.", code="no_such_folder")
        _, data = connection.response("UIDVALIDITY")
        found = UIDVALIDITY.match((data[0] or b"0").decode("ascii", "replace")) if data else None
    except LOST as error:
        raise lost() from error
    return int(found[1]) if found else 0


def quoted(text: str) -> str:
    """Return a quoted string (RFC 9051, 4.3): imaplib does not quote what it sends."""
    if not text.isascii() or not text.isprintable():
        raise UpstreamFailed("The login or the folder has characters that cannot be sent.", code="login_refused")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def lost() -> UpstreamFailed:
    """Return the error of a connection that broke."""
    return UpstreamFailed("The mailbox cannot be reached.", code="mailbox_unreachable")


imaplib._MAXLINE = max(imaplib._MAXLINE, ALLOWANCE)  # type: ignore[attr-defined]  # a search lists a long mailbox
