"""The `step` of an Inngest function: each step is one call of a service, at least once, in an application context."""

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

# Seconds between the attempts of a step on the Inngest server; the embedded runner's pauses are shorter.
BACKOFF = (15, 30, 60, 120, 300, 600, 1200, 2400, 3600, 7200)
JITTER = 30  # seconds that the Inngest server adds at most
QUIET = timedelta(minutes=10)
MOST_STEPS = 400  # of one run: the Inngest server ends it at 1 000, and each step reads all before it
PERMANENT = range(400, 500)
PASSING = {408, 409, 425, 429}

log = structlog.get_logger("jobs")


@dataclass(frozen=True)
class InngestFunction:
    """A registered function: what triggers it, how often it is tried, what happens when it fails for good."""

    id: str
    handler: Callable[..., Any]
    event: str | None
    cron: str | None
    retries: int
    throttle_per_minute: int | None
    quiet: timedelta
    on_failure: Callable[[dict[str, Any], str], None] | None

    def silence(self, attempt: int) -> timedelta:
        """How long a run may say nothing while its step is at this attempt: the step itself, and the pause after it."""
        return self.quiet + timedelta(seconds=BACKOFF[min(attempt, len(BACKOFF) - 1)] + JITTER)


@dataclass(frozen=True)
class Enqueued:
    """The row of the outbox that a run serves."""

    row_id: UUID
    generation: int

    @staticmethod
    def of(data: dict[str, Any]) -> Enqueued | None:
        """The promise that an event names; None for a cron's."""
        row_id = data.get("outbox_id")
        return Enqueued(UUID(row_id), int(data.get("generation", 0))) if row_id else None


class Steps:
    """The `step` of an Inngest function: each step is one call of a service, in an application context of its own."""

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
        """Whether the function has asked for so many steps that it must `continue_anew`."""
        return self._asked >= MOST_STEPS

    async def run(self, step_id: str, function: Callable[..., Any], *args: Any) -> Any:
        """Run `function(*args)` once and keep what it returns, which must be JSON."""
        self._asked += 1

        def call() -> Any:
            self._keep_alive()
            return function(*args)

        return await self._take(step_id, call)

    async def attempt(self, step_id: str, function: Callable[..., Any], *args: Any) -> bool:
        """The same with one try, whose failure is written to the log: whether it succeeded.

        Of many things, none then waits for one that fails: try each, and `run` those that have failed again.
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
        """Pause durably, for no longer than the function may be silent."""
        if duration > self._function.quiet:
            raise ValueError(f"{self._function.id} may be silent for {self._function.quiet}: name a longer `quiet`")
        await self._take(f"{step_id}-alive", self._keep_alive)  # the step before may have taken its time
        await self._step.sleep(step_id, duration)

    async def continue_anew(self, **data: Any) -> None:
        """End this run; a new one begins with `data` beside what the event says. The function returns after it."""
        assert self._enqueued is not None, "only what an event triggered can be continued"
        facts = {key: str(value) for key, value in data.items()}
        await self._run_bare("continue", outbox_service.continue_anew, self._enqueued, facts)
        self.is_continued = True

    async def acknowledge(self) -> bool:
        """Take the promise up; False where there is nothing left to do."""
        if self._enqueued is None:
            return True
        return bool(await self._run_bare("acknowledge", outbox_service.acknowledge, self._enqueued, self._silence))

    async def finish(self) -> None:
        """Note that the promise is kept."""
        if self._enqueued is not None and not self.is_continued:
            row_id = self._enqueued.row_id
            await self._take("finish", lambda: outbox_service.finish(row_id))

    async def fail(self, error: str) -> bool:
        """Note that the job has failed for good; False where another run has taken it over."""
        if self._enqueued is None:
            return True
        return bool(await self._run_bare("fail", outbox_service.fail, self._enqueued, error))

    async def _run_bare(self, step_id: str, function: Callable[..., Any], enqueued: Enqueued, *args: Any) -> Any:
        return await self._take(step_id, lambda: function(enqueued.row_id, enqueued.generation, *args))

    async def _take(self, step_id: str, call: Callable[[], Any]) -> Any:
        async def taken() -> Any:
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
                if isinstance(error, DomainError) and error.status in PERMANENT and error.status not in PASSING:
                    raise inngest.NonRetriableError(f"{error.code}: {error.detail}") from error
                raise


def log_failure(function: InngestFunction, data: dict[str, Any], attempt: int, error: Exception, **more: Any) -> None:
    """One line per failed attempt, without the error's text, which may hold personal data."""
    facts = {"function": function.id, "tenant": data.get("tenant_id"), "attempt": attempt, **more}
    log.warning("job attempt failed", error=type(error).__name__, **facts)


def bind(data: dict[str, Any]) -> Any:
    """The scope of a job: the tenant of its event, or the platform for a cron."""
    if tenant_id := data.get("tenant_id"):
        return scope.tenant(UUID(tenant_id), Actor("job", request_id=data.get("outbox_id")))
    return scope.platform("a scheduled job serves all tenants")
