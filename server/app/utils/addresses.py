"""Where we are found from outside: set once by create_app(), so that no request can change what a link says."""

from __future__ import annotations


class Addresses:
    """Base addresses without a slash at the end: `api` of this server, `app` of the web app that mails lead to."""

    def __init__(self) -> None:
        self.api = ""
        self.app = ""

    def init(self, api: str, app: str) -> None:
        self.api = api.rstrip("/")
        self.app = (app or api).rstrip("/")


addresses = Addresses()
