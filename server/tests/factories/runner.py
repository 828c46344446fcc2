"""The runner of Inngest functions, for tests."""

from __future__ import annotations

from flask import Flask

from app.inngest.client import build_client
from app.inngest.embedded_runner import EmbeddedRunner


def make_runner(app: Flask) -> EmbeddedRunner:
    """Return a runner for `app`. Its client is built once, because each reads the certificates of the machine."""
    if "inngest_client" not in app.extensions:
        app.extensions["inngest_client"] = build_client(app.config["SETTINGS"])
    return EmbeddedRunner(app, app.extensions["inngest_client"])
