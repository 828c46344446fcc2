"""One embedded runner per machine: the process that holds the lock file runs the functions."""

from __future__ import annotations

import atexit
import fcntl
import threading
from pathlib import Path
from typing import IO, Any

import structlog
from flask import Flask

from app.inngest.client import build_client
from app.inngest.embedded_runner import EmbeddedRunner
from app.utils import clock

THREADS = 2
LOCK_SECONDS = 2.0  # how soon another process takes over

log = structlog.get_logger("jobs")


def start(app: Flask) -> threading.Event:
    """Run functions in background threads once no other process on this machine does; set the event to stop."""
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
        # This process holds the lock: whatever run is still leased belongs to a process that died.
        runner = EmbeddedRunner(app, build_client(app.config["SETTINGS"], is_embedded=True))
        _safely(lambda: log.info("embedded jobs", reclaimed=runner.reclaim()), stop)
        run_forever(runner, stop, THREADS)


def _try_lock(lock: IO[str]) -> bool:
    try:
        # The kernel releases this lock when the process ends, also after `kill -9`.
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def run_forever(runner: EmbeddedRunner, stop: threading.Event, threads: int) -> None:
    """Relay the outbox, start scheduled runs and execute runs, until `stop` is set."""
    workers = [
        threading.Thread(target=_work, args=(runner, stop), daemon=True, name=f"job-{n}") for n in range(threads)
    ]
    for worker in workers:
        worker.start()
    while not stop.is_set():
        _safely(lambda: runner.tick(clock.now()), stop)
        for _ in range(60):  # about 15 seconds when idle
            if stop.is_set():
                break
            if not _safely(runner.relay, stop):
                stop.wait(0.25)
    for worker in workers:
        worker.join(timeout=25)


def _work(runner: EmbeddedRunner, stop: threading.Event) -> None:
    while not stop.is_set():
        if not _safely(runner.work_once, stop):
            stop.wait(0.2)


def _safely(call: Any, stop: threading.Event) -> Any:
    """Return the result of `call`; after an error, such as a database outage, log it, pause and return None."""
    try:
        return call()
    except Exception as error:
        log.warning("job runner pauses", error=type(error).__name__)
        stop.wait(1)
        return None
