"""The relay: sends due events of the outbox to the Inngest server or the embedded runner."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import structlog
from flask import Flask

from app.services.events import outbox_service
from app.utils import scope
from app.utils.metrics import metrics

IDLE_SECONDS = 0.5
PAUSE_SECONDS = 10  # until events that the server did not accept are due again

Send = Callable[[list[dict[str, Any]]], None]
log = structlog.get_logger("relay")


def relay_once(app: Flask, send: Send, *, resend_lost: bool = True) -> int:
    """Send one batch and return the number of events sent; if sending fails, they are due again after a pause.

    With `resend_lost`, also send events again whose runs have been silent for too long, since the server may lose runs.
    """
    with app.app_context(), scope.platform("draining the outbox"):
        if metrics.outbox_due():
            metrics.outbox(**asdict(outbox_service.backlog()))
        # Committed before the events are sent: if this process dies in between, the rows are due again later, and a
        # server that hangs holds up no transaction.
        rows = outbox_service.take_due(resend_lost=resend_lost)
        if not rows:
            return 0
        try:
            send([outbox_service.event_of(row) for row in rows])
        except Exception as error:  # the SDK can raise any exception; the events stay enqueued
            log.warning("jobs not handed over", error=type(error).__name__, count=len(rows))
            outbox_service.give_back([row.id for row in rows], PAUSE_SECONDS)
            return 0
        return len(rows)


def relay_forever(app: Flask, send: Send, stop: threading.Event) -> None:
    """Relay until `stop` is set; pause after errors such as a database outage."""
    while not stop.is_set():
        try:
            busy = relay_once(app, send) > 0
        except Exception as error:
            log.warning("relay pauses", error=type(error).__name__)
            busy = False
            stop.wait(PAUSE_SECONDS / 5)
        if not busy:  # a backlog is sent without pauses
            stop.wait(IDLE_SECONDS)
