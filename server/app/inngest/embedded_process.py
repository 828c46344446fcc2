"""One embedded runner per machine: whoever holds the lock file runs the jobs."""

from __future__ import annotations

import atexit
import fcntl
import threading
from pathlib import Path
from typing import IO

import structlog
from flask import Flask

from app.inngest.client import build_client
from app.inngest.embedded_runner import EmbeddedRunner, run_forever

THREADS = 2
LOCK_SECONDS = 2.0

log = structlog.get_logger("jobs")


def start(app: Flask) -> threading.Event:
    """Run jobs in background threads as soon as no other process of this machine does; set the event to stop."""
    stop = threading.Event()
    thread = threading.Thread(target=_hold_and_run, args=(app, stop), daemon=True, name="embedded-jobs")
    thread.start()
    atexit.register(stop.set)
    return stop


def _hold_and_run(app: Flask, stop: threading.Event) -> None:
    path = Path(app.config["SETTINGS"].data_dir) / "embedded-jobs.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        while not _try_lock(lock):
            if stop.wait(LOCK_SECONDS):
                return
        runner = EmbeddedRunner(app, build_client(app.config["SETTINGS"]))
        if app.config["SETTINGS"].is_sqlite:
            log.info("embedded jobs", reclaimed=runner.reclaim())
        run_forever(runner, stop, THREADS)


def _try_lock(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
