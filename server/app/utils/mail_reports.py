"""Emails that machines send: automatic answers (RFC 3834) and reports of failed deliveries (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

# What the library raises for malformed headers.
BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError, NameError, RecursionError)
AUTOMATIC = {"auto_reply", "bulk", "junk", "list"}  # of the header Precedence
FAILED = re.compile(rb"^Action:\s*failed\s*$", re.IGNORECASE | re.MULTILINE)
# The address does not exist or is disabled; others say that a message was refused, such as for its size or words.
GONE = re.compile(rb"^Status:\s*5\.(?:1\.\d{1,3}|2\.1)\s*$", re.IGNORECASE | re.MULTILINE)
REFUSED = re.compile(rb"^Status:\s*5\.\d{1,3}\.\d{1,3}", re.IGNORECASE | re.MULTILINE)
RECIPIENT = re.compile(rb"^(?:Final|Original)-Recipient:\s*[\w-]+;\s*<?([^\s<>;]+@[^\s<>;]+?)>?\s*$", re.I | re.M)


def header(message: Message, name: str) -> str:
    """Return a header as text; empty if there is none, or if it cannot be read."""
    try:
        return str(message.get(name, ""))
    except BROKEN:
        return ""


def is_automatic(message: Message) -> bool:
    """Return whether a machine sent the email: nobody must answer it (RFC 3834)."""
    submitted = header(message, "Auto-Submitted").strip().lower()
    return (
        (submitted != "" and not submitted.startswith("no"))
        or header(message, "Precedence").strip().lower() in AUTOMATIC
        or any(
            header(message, name) for name in ("X-Autoreply", "X-Autorespond", "List-Id", "X-Auto-Response-Suppress")
        )
        or not header(message, "Return-Path").strip("<> ")
        and "Return-Path" in message
    )


def bounced(message: Message, status: re.Pattern[bytes]) -> Iterator[str]:
    """Yield the addresses that a report says were not reached (RFC 3464), with this status (RFC 3463)."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in _blocks(part):
                if FAILED.search(block) and status.search(block):
                    yield from (each.decode("ascii", "ignore").lower() for each in RECIPIENT.findall(block))


def _blocks(part: Message) -> Iterator[bytes]:
    payload = part.get_payload()
    for each in payload if isinstance(payload, list) else [part]:
        yield each.as_bytes() if isinstance(each, Message) else str(each).encode()
