"""The decorator for pages of candidates who have signed in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response

from app.middleware.identity import candidate_context
from app.middleware.identity.candidate_context import PATH
from app.middleware.pages.decorators import page, see_other
from app.utils.errors import Unauthenticated


def portal_page(
    *, again: tuple[str, Callable[..., Any]] | None = None, door: Callable[[str], Any] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Turn a view of a candidate into a page of the portal at `slug`.

    The view gets the candidate first. `again` is as in `page`; its view gets the candidate, too. Without a session, the
    page shows what `door` returns of the slug, or leads to the page that does.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Response]:
        def call(slug: str, **path: Any) -> Any:
            try:
                with candidate_context.by_cookie(slug) as candidate:
                    return view(candidate, **path)
            except Unauthenticated:
                return door(slug) if door else see_other(f"{PATH}/{slug}")

        def show(slug: str, **path: Any) -> Any:
            assert again is not None
            with candidate_context.by_cookie(slug) as candidate:
                return again[1](candidate)

        @wraps(view)
        def handle(**path: Any) -> Response:
            return page("portal.html", again=(again[0], show) if again else None)(call)(**path)

        return handle

    return decorate
