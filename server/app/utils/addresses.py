"""Public base URLs, set by create_app() and never taken from a request, so that no request can forge links."""

from __future__ import annotations


class Addresses:
    """Base URLs without a trailing slash: `api` of this server, `app` of the web app that emails link to."""

    def __init__(self) -> None:
        self.api = ""
        self.app = ""

    def init(self, api: str, app: str) -> None:
        self.api = api.rstrip("/")
        self.app = (app or api).rstrip("/")


addresses = Addresses()


def absolute(url: str) -> str:
    """Return a URL that people may write without its scheme ("harbour.example") as a link."""
    return url if "://" in url else f"https://{url}"
