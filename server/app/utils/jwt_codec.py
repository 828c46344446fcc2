"""Access tokens: JWT with HS256; `kid` selects the key, and every claim is required."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import orjson
from jwt.utils import base64url_decode

from app.utils import clock
from app.utils.errors import Unauthenticated
from app.utils.token_claims import CandidateClaims, Claims, PlatformClaims

ALGORITHM = "HS256"
ISSUER = "fairlead"
TENANT_AUDIENCE = "fairlead:tenant"  # the audiences keep each kind of token from being used as the other
PLATFORM_AUDIENCE = "fairlead:platform"
CANDIDATE_AUDIENCE = "fairlead:candidate"
ACCESS_TYPE = "access"
REQUIRED = ["exp", "iat", "nbf", "iss", "aud", "sub", "sid", "typ"]
MOMENTS = ("exp", "iat", "nbf")  # whole seconds; every other claim is text
HEADER_NAMES = {"alg", "typ", "kid"}  # others (jku, jwk, x5u, crit) would let the sender name a key or the rules
MAX_VERIFIED = 10_000


@dataclass(frozen=True, slots=True)
class _Verified:
    """A verified token: its signature is not checked again, its times are."""

    claims: Claims
    begins: int
    ends: int


class JwtCodec:
    """Signs with the first key and verifies with any, so that keys can rotate; create_app() sets the keys."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}
        self._seconds = 0
        self._verified: dict[bytes, _Verified] = {}

    def init(self, keys: dict[str, str], seconds: int) -> None:
        self._keys = dict(keys)
        self._seconds = seconds
        self._verified = {}

    def encode(self, claims: Claims) -> tuple[str, datetime]:
        """Return an access token for a user, and its expiry."""
        return self._issue(TENANT_AUDIENCE, claims.user_id, claims.session_id, tenant_id=str(claims.tenant_id))

    def encode_platform(self, claims: PlatformClaims) -> tuple[str, datetime]:
        """Return an access token for a platform administrator, and its expiry."""
        return self._issue(PLATFORM_AUDIENCE, claims.admin_id, claims.session_id)

    def encode_candidate(self, claims: CandidateClaims, expires: datetime) -> str:
        """Return an access token for a candidate, which has no refresh token: it lasts as long as the session."""
        token, _ = self._issue(
            CANDIDATE_AUDIENCE, claims.candidate_id, claims.session_id, expires, tenant_id=str(claims.tenant_id)
        )
        return token

    def _issue(
        self, audience: str, subject: UUID, session_id: UUID, until: datetime | None = None, **more: str
    ) -> tuple[str, datetime]:
        now = clock.now()
        expires = until or now + timedelta(seconds=self._seconds)
        kid, key = next(iter(self._keys.items()))
        payload = {
            "iss": ISSUER,
            "aud": audience,
            "typ": ACCESS_TYPE,
            "sub": str(subject),
            "sid": str(session_id),
            "iat": int(now.timestamp()),
            "nbf": int(now.timestamp()),
            "exp": int(expires.timestamp()),
            **more,
        }
        return jwt.encode(payload, key, ALGORITHM, headers={"kid": kid}), expires

    def decode(self, token: str) -> Claims:
        """Return the claims of a user's token; Unauthenticated if it is not valid."""
        digest = hashlib.sha256(token.encode()).digest()  # cheaper than verifying again (decision 0007)
        known = self._verified.get(digest)
        if known is None or not known.begins <= clock.now().timestamp() < known.ends:
            known = self._verify(token)
            if len(self._verified) >= MAX_VERIFIED:
                self._verified.clear()
            self._verified[digest] = known
        return known.claims

    def decode_platform(self, token: str) -> PlatformClaims:
        """Return the claims of a platform administrator's token; Unauthenticated for any other, including users'."""
        return PlatformClaims(*_ids(self._payload(token, PLATFORM_AUDIENCE), "sub", "sid"))

    def decode_candidate(self, token: str) -> CandidateClaims:
        """Return the claims of a candidate's token; Unauthenticated for any other."""
        return CandidateClaims(*_ids(self._payload(token, CANDIDATE_AUDIENCE, "tenant_id"), "tenant_id", "sub", "sid"))

    def _verify(self, token: str) -> _Verified:
        payload = self._payload(token, TENANT_AUDIENCE, "tenant_id")
        claims = Claims(*_ids(payload, "tenant_id", "sub", "sid"))
        # Another machine's clock may be ahead; the expiry is exact.
        begins = max(payload["nbf"], payload["iat"]) - int(clock.LEEWAY.total_seconds())
        return _Verified(claims, begins, payload["exp"])

    def _payload(self, token: str, audience: str, *more: str) -> dict[str, Any]:
        try:
            header = _header(token)
            key = self._keys.get(str(header.get("kid")))
            if key is None or not set(header) <= HEADER_NAMES:
                raise _refused()
            options: Any = {"require": [*REQUIRED, *more], "strict_aud": True}  # exactly one audience
            checks: Any = {"audience": audience, "issuer": ISSUER, "leeway": clock.LEEWAY}
            payload: dict[str, Any] = jwt.decode(token, key, [ALGORITHM], options, **checks)  # never the token's alg
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
            raise _refused() from error
        right = all(type(payload[name]) is (int if name in MOMENTS else str) for name in payload)  # True is an int
        if not right or payload["typ"] != ACCESS_TYPE or payload["exp"] <= clock.now().timestamp():  # no leeway for exp
            raise _refused()
        return payload


def _ids(payload: dict[str, Any], *names: str) -> Iterator[UUID]:
    """Yield the claims that are ids; Unauthenticated if one is none."""
    try:
        yield from [UUID(payload[name]) for name in names]
    except (ValueError, TypeError, AttributeError) as error:
        raise _refused() from error


def _header(token: str) -> dict[str, Any]:
    """Return the unverified header; use it only to select the key."""
    header = orjson.loads(base64url_decode(token.partition(".")[0]))
    return header if isinstance(header, dict) else {}


def _refused() -> Unauthenticated:
    detail = "The access token is missing, invalid or expired."
    return Unauthenticated(detail, code="invalid_token", token_refused=True)


jwt_codec = JwtCodec()
