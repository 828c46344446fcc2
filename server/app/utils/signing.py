"""Signed text, for cursors and file links."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

from app.utils import clock
from app.utils.errors import BadRequest, NotFound


class _OrjsonCompact:
    """orjson as a serializer for itsdangerous."""

    @staticmethod
    def dumps(value: Any, **kwargs: Any) -> str:
        return orjson.dumps(value, default=str).decode()  # ids and times are read back as text

    @staticmethod
    def loads(payload: bytes | str, **kwargs: Any) -> Any:
        return orjson.loads(payload)


class Signer:
    """Signs and verifies with the installation's secret, which create_app() sets."""

    def __init__(self) -> None:
        self._secret = ""

    def init(self, secret: str) -> None:
        self._secret = secret

    def sign(self, purpose: str, value: Any) -> str:
        """Return `value` as signed text without an expiry."""
        # The purpose is the salt: a text that was signed for one purpose is not valid for another.
        return URLSafeSerializer(self._secret, salt=purpose, serializer=_OrjsonCompact).dumps(value)

    def read(self, purpose: str, text: str) -> Any:
        """Return the signed value; BadSignature if the signature is not valid."""
        return URLSafeSerializer(self._secret, salt=purpose, serializer=_OrjsonCompact).loads(text)

    def read_link(self, purpose: str, text: str) -> Any:
        """Return the signed value; NotFound if the signature is not valid."""
        try:
            return self.read(purpose, text)
        except BadSignature as error:
            raise NotFound("The link is invalid or has expired.") from error

    def read_cursor(self, purpose: str, text: str) -> Any:
        """Return the signed value; BadRequest if the signature is not valid."""
        try:
            return self.read(purpose, text)
        except BadSignature as error:
            raise BadRequest("The cursor is invalid.", code="bad_cursor") from error

    def sign_timed(self, purpose: str, value: Any) -> str:
        """Return `value` as signed text with the current time."""
        return URLSafeTimedSerializer(self._secret, salt=purpose, serializer=_OrjsonCompact).dumps(value)

    def read_timed(self, purpose: str, text: str, seconds: int) -> Any:
        """Return a value signed at most `seconds` ago, allowing for clock differences; NotFound otherwise."""
        serializer = URLSafeTimedSerializer(self._secret, salt=purpose, serializer=_OrjsonCompact)
        try:
            # Not `max_age`, which refuses times in the future: another machine's clock may be ahead.
            value, signed_at = serializer.loads(text, return_timestamp=True)
        except BadSignature as error:
            raise NotFound("The link is invalid or has expired.") from error
        if not -clock.LEEWAY <= clock.now() - signed_at <= timedelta(seconds=seconds):
            raise NotFound("The link is invalid or has expired.")
        return value


signer = Signer()
