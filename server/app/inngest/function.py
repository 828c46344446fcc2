"""`@job`: a plain `async def function(ctx, step):` becomes a durable function."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import inngest
from flask import Flask

from app.services import outbox_service
from app.utils import scope
from app.utils.errors import DomainError
from app.utils.metrics import metrics
from app.utils.scope import Actor

CURE = "write `async def function(ctx, step):` with no type hint on ctx"
DEFAULT_RETRIES = 10
PER_TENANT = 10  # no tenant starves the others on the Inngest server
PERMANENT = range(400, 500)
PASSING = {408, 409, 425, 429}

JOBS: list[JobFunction] = []


@dataclass(frozen=True)
class JobFunction:
    """A registered function: what triggers it, how often it is tried, what happens when it fails for good."""

    id: str
    handler: Callable[..., Any]
    event: str | None
    cron: str | None
    retries: int
    throttle_per_minute: int | None
    on_failure: Callable[[dict[str, Any], str], None] | None


def job(
    *,
    event: str | None = None,
    cron: str | None = None,
    retries: int = DEFAULT_RETRIES,
    throttle_per_minute: int | None = None,
    on_failure: Callable[[dict[str, Any], str], None] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function for an event or a cron line.

    `on_failure(data, error)` runs in the tenant's scope once all retries are used up. `throttle_per_minute`
    queues what exceeds it on the Inngest server; the embedded runner, one machine, does without.
    """

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        check_signature(handler)
        if (event is None) == (cron is None):
            raise TypeError(f"{handler.__name__}: name either an event or a cron line")
        name = handler.__name__.replace("_", "-")
        JOBS.append(JobFunction(name, handler, event, cron, retries, throttle_per_minute, on_failure))
        return handler

    return decorate


def check_signature(handler: Callable[..., Any]) -> None:
    """Refuse, at import, anything but `async def f(ctx, step)` with a bare ctx: a hint there fails at run time."""
    parameters = inspect.signature(handler).parameters
    if not inspect.iscoroutinefunction(handler) or list(parameters) != ["ctx", "step"]:
        raise TypeError(f"{handler.__name__} is not a job function: {CURE}")
    if parameters["ctx"].annotation is not inspect.Parameter.empty:
        raise TypeError(f"{handler.__name__} has a type hint on ctx: {CURE}")


class Steps:
    """What a job function gets as `step`: each step is one call of a service, in an application context of its own."""

    def __init__(self, app: Flask, step: Any, data: dict[str, Any], job: str) -> None:
        self._app = app
        self._job = job
        self._step = step
        self._data = data

    async def run(self, step_id: str, function: Callable[..., Any], *args: Any) -> Any:
        """Run `function(*args)` once and keep what it returns, which must be JSON."""

        return await self._run(self._data, step_id, function, args)

    async def run_for(self, tenant_id: str, step_id: str, function: Callable[..., Any], *args: Any) -> Any:
        """The same in the scope of one tenant, for a cron that goes round the tenants."""
        return await self._run({**self._data, "tenant_id": tenant_id}, step_id, function, args)

    async def _run(
        self, data: dict[str, Any], step_id: str, function: Callable[..., Any], args: tuple[Any, ...]
    ) -> Any:
        async def call() -> Any:
            return await asyncio.to_thread(self._call, data, function, args)

        return await self._step.run(step_id, call)

    async def sleep(self, step_id: str, duration: timedelta) -> None:
        """Pause durably."""
        await self._step.sleep(step_id, duration)

    def _call(self, data: dict[str, Any], function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        with self._app.app_context(), bind(data), metrics.step(self._job):
            try:
                return function(*args)
            except DomainError as error:
                if error.status in PERMANENT and error.status not in PASSING:
                    raise inngest.NonRetriableError(f"{error.code}: {error.detail}") from error
                raise


def bind(data: dict[str, Any]) -> Any:
    """The scope of a job: the tenant of its event, or the platform for a cron."""
    if tenant_id := data.get("tenant_id"):
        return scope.tenant(UUID(tenant_id), Actor("job", request_id=data.get("outbox_id")))
    return scope.platform("a scheduled job serves all tenants")


def adapt(app: Flask, function: JobFunction) -> Callable[..., Any]:
    """The handler that the SDK calls: acknowledges the promise, runs the function, notes that it is done."""

    async def handler(ctx: Any) -> Any:
        data = dict(ctx.event.data)
        steps = Steps(app, ctx.step, data, function.id)
        outbox_id = data.get("outbox_id")
        if outbox_id and not await steps.run("acknowledge", outbox_service.acknowledge, UUID(outbox_id)):
            return "already done"
        result = await function.handler(ctx, steps)
        if outbox_id:
            await steps.run("finish", outbox_service.finish, UUID(outbox_id))
        metrics.job(function.id, "done")
        return result

    return handler


def adapt_failure(app: Flask, function: JobFunction) -> Callable[..., Any]:
    """The handler for a function that has failed for good."""

    async def handler(ctx: Any) -> None:
        data = dict(ctx.event.data["event"].get("data") or {})
        error = str((ctx.event.data.get("error") or {}).get("message", "unknown"))
        steps = Steps(app, ctx.step, data, function.id)
        metrics.job(function.id, "failed")
        if outbox_id := data.get("outbox_id"):
            await steps.run("fail", outbox_service.fail, UUID(outbox_id), error)
        if function.on_failure is not None:
            await steps.run("on-failure", function.on_failure, data, error)

    return handler


def build(app: Flask, client: inngest.Inngest) -> list[inngest.Function[Any]]:
    """Every registered function as the SDK's own."""
    return [_build_one(app, client, function) for function in JOBS]


def _build_one(app: Flask, client: inngest.Inngest, function: JobFunction) -> inngest.Function[Any]:
    trigger: Any = (
        inngest.TriggerEvent(event=function.event) if function.event else inngest.TriggerCron(cron=function.cron or "")
    )
    throttle = None
    if function.throttle_per_minute:
        throttle = inngest.Throttle(limit=function.throttle_per_minute, period=timedelta(minutes=1))
    return client.create_function(
        fn_id=function.id,
        trigger=trigger,
        retries=function.retries,
        throttle=throttle,
        concurrency=[inngest.Concurrency(limit=PER_TENANT, key="event.data.tenant_id")] if function.event else None,
        on_failure=adapt_failure(app, function),
    )(adapt(app, function))
