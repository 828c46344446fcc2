"""Reading a mailbox by IMAP (RFC 9051): nothing in it is changed, not even what is marked as read."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.utils.errors import UpstreamFailed
from app.utils.imap_connection import ALLOWANCE, LOST, Connection, MailboxLogin, lost
from app.utils.imap_login import MOST_SECONDS, connected
from app.utils.parts import parts

NUMBER, SIZE = re.compile(rb"\bUID (\d{1,10})\b"), re.compile(rb"RFC822\.SIZE (\d{1,12})\b")
MOST_DIGITS = 10  # of a number of an email (RFC 9051, 2.3.1.1)
ARRIVED = re.compile(rb'INTERNALDATE "([^"]+)"')
AT_ONCE = 500  # numbers in one command


@dataclass(frozen=True, slots=True)
class MailHead:
    """The number of an email, its size in bytes, and when it arrived."""

    number: int
    size: int
    arrived_at: datetime


class ImapMailbox:
    """An open mailbox; `validity` changes when the numbers of its emails do (UIDVALIDITY)."""

    def __init__(self, connection: Connection, validity: int) -> None:
        self._connection = connection
        self.validity = validity

    def since(self, moment: datetime) -> list[int]:
        """Return the numbers of the emails that arrived on this day or later; the server's day may be another one."""
        # Not `strftime`, whose month depends on the locale of the process.
        day = imaplib.Time2Internaldate(moment.timestamp()).strip('"').split(" ")[0].strip()
        self._connection.allow(ALLOWANCE)
        data = self._call("SEARCH", "SINCE", day)
        found = (number for line in data if isinstance(line, bytes) for number in line.split())
        return sorted(int(number) for number in found if number.isdigit() and len(number) <= MOST_DIGITS)

    def heads(self, numbers: list[int]) -> list[MailHead]:
        """Return what the server knows of each email, in order; those that are gone are left out."""
        found = {}
        for some in parts(numbers, AT_ONCE):
            self._connection.allow(ALLOWANCE)
            for line in self._call("FETCH", ",".join(map(str, some)), "(UID RFC822.SIZE INTERNALDATE)"):
                if isinstance(line, bytes) and (head := _head(line)) is not None:
                    found[head.number] = head
        return [found[number] for number in numbers if number in found]

    def fetch(self, number: int, most: int) -> bytes | None:
        """Return an email as it arrived, without marking it as read; None if it is gone.

        UpstreamFailed if it has more than `most` bytes, whatever the server said before.
        """
        self._connection.allow(most + ALLOWANCE)
        for found in self._call("FETCH", str(number), "(BODY.PEEK[])"):
            if isinstance(found, tuple):
                return bytes(found[1])
        return None

    def _call(self, command: str, *arguments: str) -> list[Any]:
        try:
            status, data = self._connection.uid(command, *arguments)
        except LOST as error:
            raise lost() from error
        if status != "OK":
            raise UpstreamFailed("The mailbox refuses a command.", code="mailbox_refused")
        return data


def _head(line: bytes) -> MailHead | None:
    number, size, arrived = (pattern.search(line) for pattern in (NUMBER, SIZE, ARRIVED))
    if number is None or size is None or arrived is None:
        return None
    try:
        moment = datetime.strptime(arrived[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return MailHead(int(number[1]), int(size[1]), moment)


@contextmanager
def opened(login: MailboxLogin, seconds: float = MOST_SECONDS) -> Iterator[ImapMailbox]:
    """Open a mailbox for so long at most; UpstreamFailed if that is not possible."""
    with connected(login, seconds) as (connection, validity):
        yield ImapMailbox(connection, validity)
