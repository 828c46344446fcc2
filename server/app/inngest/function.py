"""`@inngest_function`: turns an `async def function(ctx, step):` into a durable function."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import inngest
from flask import Flask

from app.inngest.steps import QUIET, InngestFunction, Steps, log_failure
from app.utils.metrics import metrics

CURE = "write `async def function(ctx, step):` with no type hint on ctx"
DEFAULT_RETRIES = 10  # about four hours with BACKOFF, so that a mail server may be down for a while
PER_TENANT = 10  # concurrent runs on the Inngest server, so that no tenant starves the others
FUNCTIONS: list[InngestFunction] = []


def inngest_function(
    *,
    event: str | None = None,
    cron: str | None = None,
    retries: int = DEFAULT_RETRIES,
    throttle_per_minute: int | None = None,
    quiet: timedelta = QUIET,
    on_failure: Callable[[dict[str, Any], str], None] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function for an event or a cron expression.

    `on_failure(data, error)` runs in the tenant's scope after the last retry has failed. `throttle_per_minute` limits
    the rate on the Inngest server; the embedded runner ignores it. `quiet` is the longest time that a step or sleep may
    take: a run that is silent for longer is considered lost and is sent again.
    """

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        check_signature(handler)
        if (event is None) == (cron is None):
            raise TypeError(f"{handler.__name__}: name either an event or a cron line")
        name = handler.__name__.replace("_", "-")
        FUNCTIONS.append(InngestFunction(name, handler, event, cron, retries, throttle_per_minute, quiet, on_failure))
        return handler

    return decorate


def check_signature(handler: Callable[..., Any]) -> None:
    """TypeError unless the handler is `async def f(ctx, step)`; a type hint on ctx would fail at run time."""
    parameters = inspect.signature(handler).parameters
    if not inspect.iscoroutinefunction(handler) or list(parameters) != ["ctx", "step"]:
        raise TypeError(f"{handler.__name__} is not an Inngest function: {CURE}")
    if parameters["ctx"].annotation is not inspect.Parameter.empty:
        raise TypeError(f"{handler.__name__} has a type hint on ctx: {CURE}")


def adapt(app: Flask, function: InngestFunction) -> Callable[..., Any]:
    """Return the handler for the SDK: it acknowledges the outbox row, runs the function and marks the row done."""

    async def handler(ctx: Any) -> Any:
        data = dict(ctx.event.data)
        steps = Steps(app, ctx, data, function)
        if function.cron:
            metrics.scheduled()
        if not await steps.acknowledge():
            return "already done"  # or sent again: a newer generation does the work
        try:
            result = await function.handler(ctx, steps)
        except inngest.StepError:  # logged when the step failed
            raise
        except Exception as error:
            log_failure(function, data, ctx.attempt, error)
            raise
        await steps.finish()
        metrics.job(function.id, "done")
        return result

    return handler


def adapt_failure(app: Flask, function: InngestFunction) -> Callable[..., Any]:
    """Return the handler for a function that has failed permanently."""

    async def handler(ctx: Any) -> None:
        data = dict(ctx.event.data["event"].get("data") or {})  # the event of the failed run
        error = str((ctx.event.data.get("error") or {}).get("message", "unknown"))
        steps = Steps(app, ctx, data, function)
        if not await steps.fail(error):
            return
        # Not superseded: no other run can still succeed.
        metrics.job(function.id, "failed")
        if function.on_failure is not None:
            await steps.run("on-failure", function.on_failure, data, error)

    return handler


def build(app: Flask, client: inngest.Inngest) -> list[inngest.Function[Any]]:
    """Return every registered function as a function of the SDK."""
    return [_build_one(app, client, function) for function in FUNCTIONS]


def _build_one(app: Flask, client: inngest.Inngest, function: InngestFunction) -> inngest.Function[Any]:
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
        # A scheduled run belongs to no tenant.
        concurrency=[inngest.Concurrency(limit=PER_TENANT, key="event.data.tenant_id")] if function.event else None,
        on_failure=adapt_failure(app, function),
    )(adapt(app, function))
