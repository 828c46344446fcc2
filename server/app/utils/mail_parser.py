"""Emails from outside, read (RFC 5322, MIME): what they say, what they answer, and whether a machine wrote them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses

from app.utils import mail_html, mail_reports
from app.utils.mail_reports import GONE, REFUSED

MAX_ATTACHMENTS, MAX_PARTS, MAX_TEXT = 20, 200, 500_000
MAX_HEADERS = 64 * 1024  # what takes seconds to read is much longer than any email needs
HEADERS_END = re.compile(rb"\r?\n\r?\n")
REFERENCE = re.compile(r"<([^<>\s]{1,250})>")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an email."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """An email from outside. `bounced` are the addresses that it reports as not reached, `gone` those that
    do not exist (RFC 3464).
    """

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str | None
    references: tuple[str, ...]  # latest first
    is_automatic: bool  # RFC 3834: nobody must answer
    is_bounce: bool
    bounced: tuple[str, ...]
    gone: tuple[str, ...]
    attachments: tuple[Attachment, ...]


def read(data: bytes) -> ReceivedMail:
    """Read an email; a broken one gives what can be read of it."""
    if len(HEADERS_END.split(data, 1)[0]) > MAX_HEADERS:
        raise ValueError("the headers of the email are too long")
    message = message_from_bytes(data, policy=policy.default)
    parts = list(_parts(message))
    html = next((_text(part) for part in parts if _is_body(part, "text/html")), None)
    plain = next((_text(part) for part in parts if _is_body(part, "text/plain")), None)
    is_bounce = message.get_content_type() == "multipart/report" and "delivery-status" in mail_reports.header(
        message, "Content-Type"
    )
    senders = _addresses(message, "From")
    return ReceivedMail(
        message_id=_first_reference(mail_reports.header(message, "Message-ID")) or hashlib.sha256(data).hexdigest(),
        sender=_storable(senders[0]) if senders else "",
        recipients=tuple(_addresses(message, "To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")),
        subject=_storable(" ".join(mail_reports.header(message, "Subject").split()))[:300],
        text=_storable(plain if plain is not None else mail_html.to_text(html or ""))[:MAX_TEXT],
        html=_storable(mail_html.clean(html))[:MAX_TEXT] if html else None,
        references=tuple(_references(message, data if is_bounce else b"")),
        is_automatic=is_bounce or mail_reports.is_automatic(message),
        is_bounce=is_bounce,
        bounced=tuple(mail_reports.bounced(message, REFUSED)) if is_bounce else (),
        gone=tuple(mail_reports.bounced(message, GONE)) if is_bounce else (),
        attachments=tuple(_attachments(parts)),
    )


def _parts(message: Message) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number >= MAX_PARTS:
            return
        if not part.is_multipart():
            yield part


def _is_body(part: Message, media_type: str) -> bool:
    return part.get_content_type() == media_type and part.get_content_disposition() != "attachment"


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    try:
        return data.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):  # an unknown charset, or one that decodes something else
        return data.decode("utf-8", "replace")


def _addresses(message: Message, *names: str) -> list[str]:
    # Each header for itself: of several, `getaddresses` returns none if one is empty or broken (CVE-2023-27043).
    lines = filter(None, (mail_reports.header(message, name) for name in names))
    found = (each for line in lines for each in getaddresses([line]))
    return list(
        dict.fromkeys(address.strip().lower() for _, address in found if "@" in address and len(address) <= 254)
    )


def _first_reference(text: str) -> str | None:
    found = REFERENCE.search(text)
    return found[1] if found else None


def _references(message: Message, report: bytes) -> Iterator[str]:
    """Yield the emails that this one answers, latest first; a bounce contains that which came back."""
    for name in ("In-Reply-To", "References"):
        yield from reversed(REFERENCE.findall(mail_reports.header(message, name))[-50:])
    if report:
        yield from REFERENCE.findall(report.decode("latin-1"))[:100]


def _attachments(parts: list[Message]) -> Iterator[Attachment]:
    named = [part for part in parts if part.get_filename() or part.get_content_disposition() == "attachment"]
    for part in named[:MAX_ATTACHMENTS]:
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload:
            name = " ".join(str(part.get_filename() or "attachment").replace("/", "_").replace("\\", "_").split())
            yield Attachment(_storable(name)[:200] or "attachment", payload)


def _storable(text: str) -> str:
    """Return the text without what a database cannot hold."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
