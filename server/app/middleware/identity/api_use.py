"""Periodically stores the count of API calls: a background thread of the server, and once more at exit."""

from __future__ import annotations

import atexit
import threading

import structlog
from flask import Flask

from app.services.settings import tenant_api_use_service

EVERY_SECONDS = 30  # a killed process loses at most the calls of this time (decision 0009)

log = structlog.get_logger()


def start(app: Flask) -> None:
    """Start the thread; only in server processes, since commands count no calls."""
    stop = threading.Event()

    def keep_on() -> None:
        while not stop.wait(EVERY_SECONDS):
            _store(app)

    def stop_counting() -> None:
        stop.set()
        _store(app)

    threading.Thread(target=keep_on, daemon=True, name="api-use").start()
    atexit.register(stop_counting)


def _store(app: Flask) -> None:
    try:
        with app.app_context():
            tenant_api_use_service.flush()
    except Exception as error:  # the thread must survive any error
        log.warning("use of the API not kept", error=type(error).__name__)
