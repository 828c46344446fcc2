"""Sent emails, which tests store as files."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from flask import Flask

LINK = re.compile(r"https?://\S+/([a-z-]+)#token=(\S+)")


def mails(app: Flask, address: str) -> list[EmailMessage]:
    """Return the emails to an address, oldest first."""
    return read_mails(Path(app.config["SETTINGS"].data_dir), address)


def read_mails(data_dir: Path, address: str) -> list[EmailMessage]:
    """Return the emails to an address in the mailbox of a data folder, oldest first."""
    paths = sorted((data_dir / "mail").glob("*.eml"))
    parsed = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]
    return [mail for mail in parsed if mail["To"] == address]  # type: ignore[misc]


def forget_mails(app: Flask) -> None:
    """Empty the mailbox, since rolling back a test does not remove its emails."""
    for path in (Path(app.config["SETTINGS"].data_dir) / "mail").glob("*.eml"):
        path.unlink()


def token_in(mail: EmailMessage) -> tuple[str, str]:
    """Return the purpose and token of the link in an email."""
    part = mail.get_body(("plain",))
    assert part is not None
    found = LINK.search(part.get_content())
    assert found, part.get_content()
    return found[1], found[2]
