"""The `step` of an Inngest function: each step is a service call, executed at least once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import inngest
import structlog
from flask import Flask

from app.services.events import outbox_service
from app.utils import scope
from app.utils.errors import DomainError
from app.utils.metrics import metrics
from app.utils.scope import Actor

# Seconds between attempts of a step on the Inngest server; the embedded runner retries sooner.
BACKOFF = (15, 30, 60, 120, 300, 600, 1200, 2400, 3600, 7200)
JITTER = 30  # seconds, the maximum that the Inngest server adds
QUIET = timedelta(minutes=10)
MOST_STEPS = 400  # per run: the Inngest server ends a run at 1 000, and each step reads all earlier ones
PERMANENT = range(400, 500)
PASSING = {408, 409, 425, 429}  # not permanent: a conflict such as a mail that another run is sending may pass

log = structlog.get_logger("jobs")


@dataclass(frozen=True)
class InngestFunction:
    """A registered function: its trigger, its retries, and its handler of permanent failures."""

    id: str
    handler: Callable[..., Any]
    event: str | None
    cron: str | None
    retries: int
    throttle_per_minute: int | None
    quiet: timedelta
    on_failure: Callable[[dict[str, Any], str], None] | None

    def silence(self, attempt: int) -> timedelta:
        """Return how long a run may be silent at this attempt: the duration of the step plus the following delay."""
        return self.quiet + timedelta(seconds=BACKOFF[min(attempt, len(BACKOFF) - 1)] + JITTER)


@dataclass(frozen=True)
class Enqueued:
    """The outbox row that a run belongs to."""

    row_id: UUID
    generation: int

    @staticmethod
    def of(data: dict[str, Any]) -> Enqueued | None:
        """Return the outbox row of an event; None for a scheduled run."""
        row_id = data.get("outbox_id")
        return Enqueued(UUID(row_id), int(data.get("generation", 0))) if row_id else None


class Steps:
    """The `step` of an Inngest function: each step is one service call, in its own application context."""

    def __init__(self, app: Flask, ctx: Any, data: dict[str, Any], function: InngestFunction) -> None:
        self._app = app
        self._function = function
        self._step = ctx.step
        self._silence = function.silence(ctx.attempt)
        self._attempt = ctx.attempt
        self._data = data
        self._enqueued = Enqueued.of(data)
        self._asked = 0
        self.is_continued = False

    @property
    def is_spent(self) -> bool:
        """Whether the run has used up its steps and must call `continue_anew`."""
        return self._asked >= MOST_STEPS

    async def run(self, step_id: str, function: Callable[..., Any], *args: Any) -> Any:
        """Run `function(*args)` as a step and store its result, which must be JSON."""
        self._asked += 1  # steps that are replayed from their stored results count, too

        def call() -> Any:
            # Within the step: a superseded run must end before it has an effect.
            self._keep_alive()
            return function(*args)

        return await self._take(step_id, call)

    async def attempt(self, step_id: str, function: Callable[..., Any], *args: Any) -> bool:
        """Run a step without retries, log a failure, and return whether it succeeded.

        For many items, so that one failure does not delay the others: attempt each, then `run` the failed ones again.
        """

        def call() -> bool:
            try:
                function(*args)
            except Exception as error:
                log_failure(self._function, self._data, self._attempt, error, step=step_id)
                return False
            return True

        return bool(await self.run(step_id, call))

    async def sleep(self, step_id: str, duration: timedelta) -> None:
        """Sleep durably; ValueError if longer than the function's `quiet`."""
        if duration > self._function.quiet:
            raise ValueError(f"{self._function.id} may be silent for {self._function.quiet}: name a longer `quiet`")
        await self._take(f"{step_id}-alive", self._keep_alive)  # the step before may have taken long
        await self._step.sleep(step_id, duration)

    async def continue_anew(self, **data: Any) -> None:
        """End this run and start a new one with `data` added to the event; the function must return afterwards."""
        assert self._enqueued is not None, "only what an event triggered can be continued"
        facts = {key: str(value) for key, value in data.items()}
        await self._run_bare("continue", outbox_service.continue_anew, self._enqueued, facts)
        self.is_continued = True

    async def acknowledge(self) -> bool:
        """Acknowledge the outbox row; return False if there is nothing left to do."""
        if self._enqueued is None:
            return True
        return bool(await self._run_bare("acknowledge", outbox_service.acknowledge, self._enqueued, self._silence))

    async def finish(self) -> None:
        """Mark the outbox row done, unless the run was continued."""
        if self._enqueued is not None and not self.is_continued:
            row_id = self._enqueued.row_id
            # Regardless of the generation: all steps are done, so a newer run finds nothing left to do.
            await self._take("finish", lambda: outbox_service.finish(row_id))

    async def fail(self, error: str) -> bool:
        """Mark the outbox row failed permanently; return False if another run has taken it over."""
        if self._enqueued is None:
            return True
        return bool(await self._run_bare("fail", outbox_service.fail, self._enqueued, error))

    async def _run_bare(self, step_id: str, function: Callable[..., Any], enqueued: Enqueued, *args: Any) -> Any:
        return await self._take(step_id, lambda: function(enqueued.row_id, enqueued.generation, *args))

    async def _take(self, step_id: str, call: Callable[[], Any]) -> Any:
        async def taken() -> Any:
            # Services block: in a thread, they do not hold up the event loop, and have a session of their own.
            return await asyncio.to_thread(self._call, step_id, call)

        return await self._step.run(step_id, taken)

    def _keep_alive(self) -> None:
        enqueued = self._enqueued
        if enqueued and not outbox_service.keep_alive(enqueued.row_id, enqueued.generation, self._silence):
            raise inngest.NonRetriableError("superseded: the job was sent again, and this run ends")

    def _call(self, step_id: str, call: Callable[[], Any]) -> Any:
        with self._app.app_context(), bind(self._data), metrics.step(self._function.id):
            try:
                return call()
            except inngest.NonRetriableError:  # superseded
                raise
            except Exception as error:
                facts = error.code if isinstance(error, DomainError) else None
                log_failure(self._function, self._data, self._attempt, error, step=step_id, code=facts)
                # Invalid or missing data stays so: repeating the call cannot help.
                if isinstance(error, DomainError) and error.status in PERMANENT and error.status not in PASSING:
                    raise inngest.NonRetriableError(f"{error.code}: {error.detail}") from error
                raise


def log_failure(function: InngestFunction, data: dict[str, Any], attempt: int, error: Exception, **more: Any) -> None:
    """Log a failed attempt, without the error's text, which may contain personal data."""
    facts = {"function": function.id, "tenant": data.get("tenant_id"), "attempt": attempt, **more}
    log.warning("job attempt failed", error=type(error).__name__, **facts)


def bind(data: dict[str, Any]) -> Any:
    """Bind the scope of a run: the tenant of its event, or the platform for a scheduled run."""
    if tenant_id := data.get("tenant_id"):
        # As the request id, the row's id links what the run records in the audit trail.
        return scope.tenant(UUID(tenant_id), Actor("job", request_id=data.get("outbox_id")))
    return scope.platform("a scheduled job serves all tenants")
