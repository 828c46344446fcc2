"""Emails from outside, read (RFC 5322, MIME): what they say, what they answer, and whether a machine wrote them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses

import nh3

from app.utils import mail_reports

MAX_ATTACHMENTS, MAX_PARTS, MAX_TEXT = 20, 200, 500_000
REFERENCE = re.compile(r"<([^<>\s]{1,250})>")
TAGS = set(
    "p br div span strong b em i u s a ul ol li h1 h2 h3 h4 blockquote hr pre code table thead tbody tr th td".split()
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an email."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """An email from outside. `bounced` are the addresses that it reports as failed for ever (RFC 3464)."""

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
    attachments: tuple[Attachment, ...]


def read(data: bytes) -> ReceivedMail:
    """Read an email; a broken one gives what can be read of it."""
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
        sender=senders[0] if senders else "",
        recipients=tuple(_addresses(message, "To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")),
        subject=" ".join(mail_reports.header(message, "Subject").split())[:300],
        text=_storable(plain if plain is not None else _without_tags(html or ""))[:MAX_TEXT],
        html=_storable(_clean(html))[:MAX_TEXT] if html else None,
        references=tuple(_references(message, data if is_bounce else b"")),
        is_automatic=is_bounce or mail_reports.is_automatic(message),
        is_bounce=is_bounce,
        bounced=tuple(mail_reports.bounced(message)) if is_bounce else (),
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
    except LookupError:  # an unknown charset
        return data.decode("utf-8", "replace")


def _addresses(message: Message, *names: str) -> list[str]:
    found = getaddresses([mail_reports.header(message, name) for name in names])
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


def _clean(html: str) -> str:
    """Return HTML without scripts, styles, images and forms: a picture would tell the sender who reads it, and when."""
    return nh3.clean(
        html[: 2 * MAX_TEXT],
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        clean_content_tags={"script", "style", "head", "title"},
    )


def _without_tags(html: str) -> str:
    broken = re.sub(r"<(?:br|/p|/div|/li|/tr|/h\d)\b[^>]{0,200}>", "\n", html[: 2 * MAX_TEXT], flags=re.IGNORECASE)
    text = nh3.clean(broken, tags=set(), clean_content_tags={"script", "style", "head", "title"})
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, char)
    return "\n".join(line.strip() for line in text.splitlines()).strip()


def _storable(text: str) -> str:
    """Return the text without what a database cannot hold."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
