"""The Inngest client, configured explicitly instead of from the SDK's environment variables."""

from __future__ import annotations

import logging
from datetime import timedelta

import inngest

from config import Settings

APP_ID = "fairlead"
SEND_TIMEOUT = timedelta(seconds=2)  # a server that hangs delays the relay no longer


def build_client(settings: Settings, *, is_embedded: bool = False) -> inngest.Inngest:
    """Return a client for the configured server; without one, or for the embedded runner, calls are unsigned."""
    base = settings.inngest_base_url or "http://127.0.0.1:9"  # the discard port, where nothing listens
    return inngest.Inngest(
        app_id=APP_ID,
        api_base_url=base,
        event_api_base_url=base,
        event_key=settings.inngest_event_key.get_secret_value() or None,
        signing_key=settings.inngest_signing_key.get_secret_value() or None,
        # Explicit: the SDK would otherwise decide by environment variables whether calls must be signed.
        is_production=settings.uses_inngest and not settings.inngest_dev and not is_embedded,
        request_timeout=SEND_TIMEOUT,
        logger=logging.getLogger("inngest"),
    )
