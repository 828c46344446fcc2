"""Signed text: cursors and file links that nobody can forge."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

from app.utils import clock
from app.utils.errors import BadRequest, NotFound


class _OrjsonCompact:
    """orjson behind the interface that itsdangerous asks for."""

    @staticmethod
    def dumps(value: Any, **kwargs: Any) -> str:
        return orjson.dumps(value, default=str).decode()

    @staticmethod
    def loads(payload: bytes | str, **kwargs: Any) -> Any:
        return orjson.loads(payload)


class Signer:
    """Bound by create_app() to the secret of the installation."""

    def __init__(self) -> None:
        self._secret = ""

    def init(self, secret: str) -> None:
        self._secret = secret

    def sign(self, purpose: str, value: Any) -> str:
        """`value` as signed text that stays valid."""
        return URLSafeSerializer(self._secret, salt=purpose, serializer=_OrjsonCompact).dumps(value)

    def read(self, purpose: str, text: str) -> Any:
        """What was signed; BadSignature where it was not signed by us."""
        return URLSafeSerializer(self._secret, salt=purpose, serializer=_OrjsonCompact).loads(text)

    def read_cursor(self, purpose: str, text: str) -> Any:
        """What was signed; BadRequest where it was not signed by us."""
        try:
            return self.read(purpose, text)
        except BadSignature as error:
            raise BadRequest("The cursor is invalid.", code="bad_cursor") from error

    def sign_timed(self, purpose: str, value: Any) -> str:
        """`value` as signed text that carries its time."""
        return URLSafeTimedSerializer(self._secret, salt=purpose, serializer=_OrjsonCompact).dumps(value)

    def read_timed(self, purpose: str, text: str, seconds: int) -> Any:
        """What was signed at most `seconds` ago, by a machine whose clock may be ahead; NotFound otherwise."""
        serializer = URLSafeTimedSerializer(self._secret, salt=purpose, serializer=_OrjsonCompact)
        try:
            value, signed_at = serializer.loads(text, return_timestamp=True)
        except BadSignature as error:
            raise NotFound("The link is invalid or has expired.") from error
        if not -clock.LEEWAY <= clock.now() - signed_at <= timedelta(seconds=seconds):
            raise NotFound("The link is invalid or has expired.")
        return value


signer = Signer()
