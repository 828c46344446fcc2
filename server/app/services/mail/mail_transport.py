"""Mail transports: SMTP, or files in a folder."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage as Message
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol

from email_validator import EmailNotValidError, validate_email

from app.utils import clock
from app.utils.errors import UpstreamFailed

SMTP_SECONDS = 15  # per network operation
MOST_REFERENCES = 20


@dataclass(frozen=True, slots=True)
class MailFile:
    """An attachment."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A rendered email; `key` identifies it and is the same for each attempt."""

    key: str
    recipient: str
    subject: str
    text: str
    html: str
    reply_to: str | None = None
    sender_name: str = ""  # such as the company; the address is that of the installation
    calendar: Mapping[str, str] | None = None  # method and text of an invitation (RFC 6047)
    returns_to: str | None = None  # where the mail server reports failed deliveries; else the sender
    references: Sequence[str] = ()  # the earlier emails of its thread, oldest first, without brackets
    unsubscribe_url: str | None = None  # RFC 8058: a POST to it unsubscribes
    is_personal: bool = False  # a user wrote it: programs may answer
    files: Sequence[MailFile] = ()


class Transport(Protocol):
    """Delivers messages; UpstreamFailed if the mail server does not accept one."""

    def deliver(self, message: Message, key: str, returns_to: str | None = None) -> None: ...

    def check(self) -> None:
        """Check that a message could be delivered, without sending one."""


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    """An SMTP server."""

    host: str
    port: int
    username: str = ""
    password: str = ""
    starttls: bool = False

    def deliver(self, message: Message, key: str, returns_to: str | None = None) -> None:
        with self._session() as smtp:
            smtp.send_message(message, from_addr=returns_to)

    def check(self) -> None:
        with self._session() as smtp:
            smtp.noop()  # connecting and signing in are what is checked

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        try:
            with smtplib.SMTP(self.host, self.port, timeout=SMTP_SECONDS) as smtp:
                if self.starttls:
                    smtp.starttls(context=ssl.create_default_context())  # without one, no certificate is verified
                if self.username:
                    smtp.login(self.username, self.password)
                yield smtp
        except (OSError, smtplib.SMTPException) as error:
            raise UpstreamFailed(f"The mail server did not accept the email: {type(error).__name__}.") from error


@dataclass(frozen=True, slots=True)
class FileTransport:
    """A folder with one file per email; a repeated email replaces its file."""

    folder: Path

    def deliver(self, message: Message, key: str, returns_to: str | None = None) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        aside = self.folder / f".{key}"
        # Renamed when complete, so that no reader sees half a mail.
        aside.write_bytes(bytes(message))
        aside.replace(self.folder / f"{key}.eml")

    def check(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)


class MailTransport:
    """The transport in use; create_app() sets it."""

    def __init__(self) -> None:
        self._transport: Transport | None = None
        self._sender = ""
        self.hold_minutes = 0  # how long emails to candidates can be taken back, unless the tenant says otherwise

    def init(self, transport: Transport, sender: str, hold_minutes: int = 0) -> None:
        self._transport, self._sender, self.hold_minutes = transport, sender, hold_minutes

    @property
    def address(self) -> str:
        """The sender address."""
        return parseaddr(self._sender)[1]

    @property
    def domain(self) -> str:
        """The domain of the sender address, for globally unique ids."""
        return self.address.rpartition("@")[2]

    def check(self) -> None:
        """UpstreamFailed if emails cannot be delivered."""
        if self._transport is not None:
            self._transport.check()

    def send(self, mail: Mail) -> None:
        """Deliver an email. Its Message-ID is the same for each attempt, so that recipients can detect duplicates."""
        if self._transport is None:
            raise RuntimeError("no mail transport is bound")
        message = Message()
        message["Message-ID"] = f"<{mail.key}@{self.domain}>"
        message["Date"] = format_datetime(clock.now())  # RFC 5322, 3.6
        name = plain_header(mail.sender_name)
        sender = Address(name, addr_spec=self.address) if name else self._sender
        message["From"], message["To"] = sender, deliverable(mail.recipient)
        message["Subject"] = plain_header(mail.subject)
        if not mail.is_personal:
            message["Auto-Submitted"] = "auto-generated"  # RFC 3834: programs must not answer
        if mail.unsubscribe_url:
            message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if mail.references:
            message["In-Reply-To"] = f"<{mail.references[-1]}>"
            message["References"] = " ".join(f"<{each}>" for each in mail.references[-MOST_REFERENCES:])
        if mail.reply_to:
            message["Reply-To"] = mail.reply_to
        if any("\r" in str(value) or "\n" in str(value) for value in message.values()):
            raise UpstreamFailed("A header of the email has a line break.")
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        if mail.calendar:
            # An alternative to the text, so that mail programs show it with buttons to accept or decline; the content
            # type states the method (RFC 6047, 2.4).
            method = {"method": mail.calendar["method"]}
            message.add_alternative(mail.calendar["text"], subtype="calendar", params=method)
            invite = mail.calendar["text"].encode()  # for programs that do not know the alternative
            message.add_attachment(invite, maintype="application", subtype="ics", filename="invite.ics")
        for file in mail.files:
            kind, _, subtype = file.media_type.partition("/")
            message.add_attachment(file.content, maintype=kind, subtype=subtype, filename=plain_header(file.filename))
        self._transport.deliver(message, mail.key, mail.returns_to)


def plain_header(text: str) -> str:
    """Return a text that a header shows as it is.

    The library decodes encoded words (RFC 2047) in what it is given: a name such as "=?utf-8?q?=0D=0ABcc=3A...?=" would
    become another header.
    """
    return " ".join(text.replace("=?", "= ?").split())


def deliverable(address: str) -> str:
    """Return an address with its domain in ASCII, which every mail server takes (RFC 5890)."""
    try:
        return validate_email(address, check_deliverability=False).ascii_email or address
    except EmailNotValidError:
        return address


mail_transport = MailTransport()
