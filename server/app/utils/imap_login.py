"""Folders of IMAP servers (RFC 9051), opened for reading."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from app.utils.errors import UpstreamFailed
from app.utils.imap_connection import LOST, Connection, MailboxLogin, lost
from app.utils.outbound import outbound

MOST_SECONDS = 30.0  # unless the caller says otherwise
UIDVALIDITY = re.compile(r"^\s*(\d{1,10})")


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
