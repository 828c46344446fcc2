"""Connections to IMAP servers (RFC 9051): to an address that was checked, encrypted, and logged in."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from app.utils.errors import UpstreamFailed
from app.utils.outbound import outbound

SECONDS = 30.0
UIDVALIDITY = re.compile(r"\d+")
LOST = (OSError, imaplib.IMAP4.error, EOFError)
MAX_LINE = 10_000_000  # of imaplib: a search may list a long mailbox


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


@contextmanager
def connected(login: MailboxLogin) -> Iterator[tuple[imaplib.IMAP4, int]]:
    """Open a folder for reading, and yield the connection and the UIDVALIDITY of the folder.

    UpstreamFailed if the server cannot be reached, or refuses the login or the folder.
    """
    address = outbound.resolve(login.host, login.port)
    try:
        connection = _connect(login, address)
    except LOST as error:
        raise lost() from error
    try:
        _log_in(connection, login)
        yield connection, _select(connection, login.folder)
    finally:
        _close(connection)


def _connect(login: MailboxLogin, address: str) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if login.security == "tls":
        return _PinnedTls(login.host, login.port, address, context)
    connection = _Pinned(login.host, login.port, address)
    if login.security == "starttls":
        try:
            connection.starttls(context)
        except BaseException:
            _close(connection)
            raise
    return connection


def _close(connection: imaplib.IMAP4) -> None:
    with suppress(*LOST):
        connection.logout()
    with suppress(*LOST):
        connection.shutdown()  # a logout that fails leaves the socket open


def _log_in(connection: imaplib.IMAP4, login: MailboxLogin) -> None:
    try:
        if login.is_token:
            said = f"user={login.username}\x01auth=Bearer {login.secret}\x01\x01".encode()
            connection.authenticate("XOAUTH2", lambda _: said)
        else:
            _quoted(login.secret)  # checked only: imaplib quotes the password, but not the name
            connection.login(_quoted(login.username), login.secret)
    except imaplib.IMAP4.abort as error:
        raise lost() from error
    except imaplib.IMAP4.error as error:  # the text of the server may repeat what was sent
        raise UpstreamFailed("The mailbox refuses the login.", code="login_refused") from error
    except (OSError, EOFError) as error:
        raise lost() from error


def _select(connection: imaplib.IMAP4, folder: str) -> int:
    try:
        status, _ = connection.select(_quoted(folder), readonly=True)
        if status != "OK":
            raise UpstreamFailed("There is no such folder in the mailbox.", code="no_such_folder")
        _, data = connection.response("UIDVALIDITY")
    except LOST as error:
        raise lost() from error
    found = UIDVALIDITY.search((data[0] or b"0").decode("ascii", "replace")) if data else None
    return int(found[0]) if found else 0


def _quoted(text: str) -> str:
    """Return a quoted string (RFC 9051, 4.3): imaplib does not quote what it sends."""
    if not text.isascii() or "\r" in text or "\n" in text:
        raise UpstreamFailed("The login or the folder has characters that cannot be sent.", code="login_refused")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def lost() -> UpstreamFailed:
    """Return the error of a connection that broke."""
    return UpstreamFailed("The mailbox cannot be reached.", code="mailbox_unreachable")


class _Pinned(imaplib.IMAP4):
    """A connection to an address that was checked, whatever the name resolves to now."""

    def __init__(self, host: str, port: int, address: str) -> None:
        self._address = address
        super().__init__(host, port, SECONDS)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return socket.create_connection((self._address, self.port), timeout)


class _PinnedTls(imaplib.IMAP4_SSL):
    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext) -> None:
        self._address = address
        super().__init__(host, port, ssl_context=context, timeout=SECONDS)

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        plain = socket.create_connection((self._address, self.port), timeout)
        try:
            wrapped: ssl.SSLSocket = self.ssl_context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
        return wrapped


imaplib._MAXLINE = max(imaplib._MAXLINE, MAX_LINE)  # type: ignore[attr-defined]  # a search lists a long mailbox
