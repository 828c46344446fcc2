"""Prometheus metrics of requests, statements, functions and the outbox. Off unless METRICS_PORT is set.

With several processes, each writes its own files in PROMETHEUS_MULTIPROC_DIR, and one serves them all.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Gauge, Histogram

OUTBOX_EVERY = 5.0  # seconds
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Histogram("fairlead_request_seconds", "Requests.", ("method", "route", "status"), buckets=SECONDS)
STATEMENTS = Counter("fairlead_statements_total", "SQL statements of requests.", ("method", "route"))
STEPS = Histogram("fairlead_job_step_seconds", "Steps of jobs.", ("job", "outcome"), buckets=SECONDS)
JOBS = Counter("fairlead_jobs_total", "Jobs that ended.", ("job", "outcome"))
# Gauges of several processes cannot be added up: the one that was set last ("mostrecent") counts.
WAITING = Gauge(
    "fairlead_outbox_waiting", "Enqueued events that are due and not claimed.", multiprocess_mode="mostrecent"
)
LOST = Gauge(
    "fairlead_outbox_lost",
    "Jobs that were taken up and have been silent for too long; the relay sends them again.",
    multiprocess_mode="mostrecent",
)
FAILED = Gauge(
    "fairlead_outbox_failed", "Jobs that failed for good and wait for an operator.", multiprocess_mode="mostrecent"
)
SCHEDULED = Gauge(
    "fairlead_scheduled_timestamp_seconds", "When a scheduled job last began.", multiprocess_mode="mostrecent"
)
RESENT = Counter("fairlead_jobs_resent_total", "Jobs that were taken up, lost and sent again.", ("event",))
# A time, not an age: an age would stop growing if the relay died (decision 0012).
OLDEST = Gauge(
    "fairlead_outbox_oldest_timestamp_seconds",
    "When the longest waiting of them was due; 0 where none waits.",
    multiprocess_mode="mostrecent",
)
RELAYED = Gauge(
    "fairlead_relay_timestamp_seconds", "When the relay last looked at the outbox.", multiprocess_mode="mostrecent"
)


class Metrics:
    """Records metrics once create_app() turns it on."""

    def __init__(self) -> None:
        self.on = False
        self._outbox_at = 0.0

    def init(self, on: bool) -> None:
        self.on = on

    def request(self, method: str, route: str, status: int, seconds: float, statements: int) -> None:
        """Record a request; `route` is the URL rule, so that ids do not become labels."""
        if self.on:
            REQUESTS.labels(method, route, status).observe(seconds)
            STATEMENTS.labels(method, route).inc(statements)

    @contextmanager
    def step(self, job: str) -> Iterator[None]:
        """Record the duration and outcome of a function's step, which runs in the block."""
        started, outcome = time.perf_counter(), "failed"
        try:
            yield
            outcome = "done"
        finally:
            if self.on:
                STEPS.labels(job, outcome).observe(time.perf_counter() - started)

    def job(self, job: str, outcome: str) -> None:
        """Record that a function was completed or has failed permanently."""
        if self.on:
            JOBS.labels(job, outcome).inc()

    def outbox_due(self) -> bool:
        """Whether the outbox metrics are due; True for one caller per interval."""
        # Counting costs statements, and the relay looks at the outbox twice per second.
        if not self.on or time.monotonic() < self._outbox_at:
            return False
        self._outbox_at = time.monotonic() + OUTBOX_EVERY
        return True

    def scheduled(self) -> None:
        """Record the start of a scheduled function."""
        if self.on:
            SCHEDULED.set(time.time())

    def job_lost(self, event: str) -> None:
        """Record that an event is sent again because its run has been silent for too long."""
        if self.on:
            RESENT.labels(event).inc()

    def outbox(self, waiting: int, lost: int, failed: int, oldest: float) -> None:
        """Record the state of the outbox: counts, and when the oldest waiting event was due (Unix time, 0 for none)."""
        WAITING.set(waiting)
        LOST.set(lost)
        FAILED.set(failed)
        OLDEST.set(oldest)
        RELAYED.set(time.time())


metrics = Metrics()
