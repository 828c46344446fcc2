"""Emails that a mail server hands over: the body as it is, signed as Standard Webhooks 1.0 sign theirs."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from flask import current_app, request

from app.middleware.endpoint import validation
from app.schemas.common import RawMail
from app.utils import clock
from app.utils.errors import Unauthenticated, UnsupportedMedia

OLDEST = timedelta(minutes=5)


def read_mail() -> RawMail:
    """Return the email in the body; 401 unless the signature is right and recent, 411, 413 or 415 for another body."""
    settings = current_app.config["SETTINGS"]
    if request.mimetype != RawMail.media_type:
        raise UnsupportedMedia(f"Send the email as {RawMail.media_type}.")
    content = validation.read_bytes(settings.max_mail_bytes)
    _check_signature(settings.inbound_mail_secret.get_secret_value(), content)
    return RawMail(content)


def _check_signature(secret: str, content: bytes) -> None:
    stamp, given = request.headers.get("webhook-timestamp", ""), request.headers.get("webhook-signature", "")
    signed = f"{request.headers.get('webhook-id', '')}.{stamp}.".encode() + content
    wanted = base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()
    # As bytes: a header may have letters that texts are not compared with.
    is_right = any(hmac.compare_digest(each.removeprefix("v1,").encode(), wanted.encode()) for each in given.split())
    if not secret or not is_right or not _is_recent(stamp):
        raise Unauthenticated("The signature is missing, wrong or too old.", code="bad_signature")


def _is_recent(stamp: str) -> bool:
    try:
        sent = datetime.fromtimestamp(int(stamp), UTC)
    except (ValueError, OverflowError, OSError):
        return False
    return abs(clock.now() - sent) <= OLDEST


def _key(secret: str) -> bytes:
    """Return the key of a secret; those of Standard Webhooks are base64 after `whsec_`."""
    if secret.startswith("whsec_"):
        return base64.b64decode(secret.removeprefix("whsec_") + "==")
    return secret.encode()
