"""What gunicorn and granian have in common: addresses, numbers of processes and threads, memory, garbage collection."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os

HOST = os.environ.get("HOST", "127.0.0.1")
PORT = int(os.environ.get("PORT", "5000"))
# Without Redis and PostgreSQL one process serves a laptop; more of them want both.
PROCESSES = int(
    os.environ.get("WEB_CONCURRENCY") or (2 * multiprocessing.cpu_count() if os.environ.get("REDIS_URL") else 1)
)
THREADS = int(os.environ.get("WEB_THREADS", "16"))
STOP_SECONDS = 30  # for requests to finish
M_MMAP_THRESHOLD = -3


def release_memory() -> None:
    """Give large pieces of memory back at once, in this process and those that are forked from it.

    glibc keeps what a thread has freed for that thread: with passwords that is 19 MB each.
    """
    if hasattr(ctypes.CDLL(None), "mallopt"):
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, 1024 * 1024)


def before_import() -> None:
    """Stop the collector, which would walk the new objects again and again, for seconds."""
    gc.disable()


def after_import() -> None:
    """Exempt what start-up built from collection, since it is never freed, and collect less often than by default."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(10_000, 20, 20)
