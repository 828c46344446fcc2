"""Keeps the count of calls: a thread of the server's process adds it to the database now and then, and at the end."""

from __future__ import annotations

import atexit
import threading

import structlog
from flask import Flask

from app.services.settings import tenant_api_use_service

EVERY_SECONDS = 30

log = structlog.get_logger()


def start(app: Flask) -> None:
    """Begin; a process that only runs commands has nothing to keep."""
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
    except Exception as error:  # the thread counts on, whatever it was
        log.warning("use of the API not kept", error=type(error).__name__)
