"""The candidate of a request to the portal, by bearer token or by the cookie of the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, current_app, g, request

from app.middleware.identity.authentication import bearer, enforce
from app.middleware.identity.client import check_origin
from app.services.portal import portal_session_service
from app.services.portal.portal_session_service import CandidatePrincipal
from app.utils import rate_limiter
from app.utils.errors import Unauthenticated
from app.utils.rate_limiter import Limit

PATH = "/portal"  # browsers send the cookie to these pages only


@contextmanager
def by_token() -> Iterator[CandidatePrincipal]:
    """Act as the candidate of the bearer token; Unauthenticated for any other token."""
    with _bound(bearer()) as candidate:
        yield candidate


@contextmanager
def by_cookie(slug: str) -> Iterator[CandidatePrincipal]:
    """Act as the candidate of the cookie; Unauthenticated if it is of another portal, Forbidden from another origin."""
    if request.method != "GET":
        check_origin()  # besides SameSite, which lets sibling domains pass
    with _bound(request.cookies.get(cookie_name(), "")) as candidate:
        if candidate.slug != slug:
            raise Unauthenticated("Sign in first.")
        yield candidate


def set_cookie(response: Response, token: str, seconds: int) -> Response:
    """Set the access token as a cookie that scripts cannot read."""
    # Lax: a link in an email leads to the pages. Other sites cannot send a form with it.
    response.set_cookie(
        cookie_name(), token, max_age=seconds, path=PATH, secure=_is_secure(), httponly=True, samesite="Lax"
    )
    return response


def drop_cookie(response: Response) -> Response:
    """Delete the cookie."""
    response.delete_cookie(cookie_name(), path=PATH, secure=_is_secure(), httponly=True, samesite="Lax")
    return response


def cookie_name() -> str:
    """Return the name of the cookie; with HTTPS it has the prefix `__Secure-`."""
    return "__Secure-fairlead-portal" if _is_secure() else "fairlead-portal"


def _is_secure() -> bool:
    return bool(current_app.config["SETTINGS"].public_url.startswith("https://"))


@contextmanager
def _bound(token: str) -> Iterator[CandidatePrincipal]:
    if not token:
        raise Unauthenticated("Sign in first.")
    with portal_session_service.signed_in(token, g.get("request_id")) as candidate:
        rate = current_app.config["SETTINGS"].rate_limit_principal
        enforce(rate_limiter.hit(Limit.parse("principal", str(candidate.session_id), rate)))
        yield candidate
