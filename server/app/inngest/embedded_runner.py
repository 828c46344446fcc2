"""Runs the Inngest functions in this process if there is no Inngest server.

It acts as the executor: the SDK's functions are mounted on a private Flask application without a socket and called
with the SDK's wire protocol; the results of their steps are stored in `function_runs`. For one machine only, and
without the Inngest server's flow control (throttle, concurrency, debounce, batch).
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import inngest.flask
import structlog
from croniter import croniter
from flask import Flask
from inngest import Inngest
from werkzeug.test import TestResponse

from app.inngest import function as inngest_functions
from app.inngest.client import APP_ID
from app.inngest.functions import FUNCTIONS
from app.inngest.relay import relay_once
from app.models.function_run import FunctionRun
from app.services.events import function_run_service
from app.utils import clock, scope

PATH = "/api/inngest"
MAX_BACKOFF = 3600
UNSUPPORTED = {"WaitForEvent", "InvokeFunction", "AIGateway"}

log = structlog.get_logger("jobs")


class EmbeddedRunner:
    """Executes runs, one request at a time; can be shared by several threads."""

    def __init__(self, app: Flask, client: Inngest) -> None:
        self._app = app
        # The SDK registers each `on_failure` handler as a function named `<id>-failure`.
        self._retries = {
            f"{APP_ID}-{function.id}{end}": function.retries for function in FUNCTIONS for end in ("", "-failure")
        }
        private = Flask("embedded-jobs")
        inngest.flask.serve(private, client, inngest_functions.build(app, client), serve_path=PATH)
        self._private = private

    def accept(self, events: list[dict[str, Any]]) -> None:
        """Start a run of every function that the events trigger; a repeated event starts no second run."""
        runs = [
            (f"{APP_ID}-{function.id}", event)
            for event in events
            for function in FUNCTIONS
            if function.event == event["name"]
        ]
        function_run_service.start(runs)

    def tick(self, now: datetime) -> None:
        """Start the run of each schedule's latest tick, which may have been missed while no runner was active."""
        runs = []
        for function in FUNCTIONS:
            if function.cron:
                due = croniter(function.cron, now).get_prev(datetime)  # its time is in the event id, so it starts once
                runs.append(
                    (
                        f"{APP_ID}-{function.id}",
                        {"id": f"cron:{due.isoformat()}", "name": "inngest/scheduled.timer", "data": {}},
                    )
                )
        with self._app.app_context(), scope.platform("scheduled jobs"):
            function_run_service.start(runs)

    def relay(self) -> int:
        """Start runs for the due events of the outbox, and return their number.

        Lost runs need no resending, since runs are stored in the same database.
        """
        return relay_once(self._app, self.accept, resend_lost=False)

    def work_once(self) -> bool:
        """Execute one request of one run; return False if none is due."""
        with self._app.app_context(), scope.platform("running jobs"):
            run = function_run_service.take()
        if run is None:
            return False
        self._advance(run)
        return True

    def drain(self, rounds: int = 10_000) -> None:
        """Relay and execute until no run is due; for tests and the command line."""
        for _ in range(rounds):
            if not self.relay() and not self.work_once():
                return

    def reclaim(self) -> int:
        """Resume runs that were interrupted by a crash, and return their number."""
        with self._app.app_context(), scope.platform("running jobs"):
            return function_run_service.reclaim()

    def _advance(self, run: FunctionRun) -> None:
        most = self._retries.get(run.function_id, 0) + 1
        if run.attempt >= most:  # an expired lease counts as an attempt, too
            self._fail(run, run.error or "the process died in each attempt")
            return
        response = self._call(run, "step", most)
        with self._app.app_context(), scope.platform("running jobs"):
            if response.status_code == 200:  # the function has returned
                function_run_service.finish(run.id)
            elif response.status_code == 206:  # it has reached a step
                self._store(run, response, most)
            else:
                self._retry_or_fail(run, response, response.get_json(silent=True) or {}, most)

    def _call(self, run: FunctionRun, step_id: str, most: int) -> TestResponse:
        body = {
            "ctx": {
                "attempt": run.attempt,
                "disable_immediate_execution": False,  # the SDK executes a single step in the same call
                "max_attempts": most,
                "run_id": str(run.id),
                "stack": {"stack": list(run.steps)},
            },
            "event": run.event,
            "events": [run.event],
            "steps": run.steps,
            "use_api": False,
        }
        query = {"fnId": run.function_id, "stepId": step_id}
        return self._private.test_client().post(PATH, query_string=query, json=body)

    def _store(self, run: FunctionRun, response: TestResponse, most: int) -> None:
        """Store the result of each step; planned (parallel) steps are executed one after another."""
        kept: dict[str, Any] = {}
        wake_at: datetime | None = None
        for op in response.get_json():
            if op["op"] == "StepPlanned":
                response = self._call(run, op["id"], most)
                op = (
                    (response.get_json() or [{}])[0]
                    if response.status_code == 206
                    else {"op": "StepError", "error": {}}
                )
            if op["op"] in UNSUPPORTED:
                self._fail(run, f"the embedded runner does not know {op['op']}; set INNGEST_BASE_URL")
                return
            if op["op"] == "StepError":
                self._store_some(run, kept)  # the retry does not repeat the parallel steps that succeeded
                self._retry_or_fail(run, response, op.get("error") or {}, most)
                return
            if op["op"] == "Sleep":
                wake_at = datetime.fromisoformat(op["name"])
            kept[op["id"]] = {"error": op["error"]} if op["op"] == "StepFailed" else {"data": op.get("data")}
        function_run_service.store_steps(run.id, kept, wake_at)

    def _store_some(self, run: FunctionRun, kept: dict[str, Any]) -> None:
        if kept:
            function_run_service.store_steps(run.id, kept, None)

    def _retry_or_fail(self, run: FunctionRun, response: TestResponse, error: dict[str, Any], most: int) -> None:
        message = str(error.get("message", "unknown error"))
        final = response.headers.get("x-inngest-no-retry") == "true" or run.attempt + 1 >= most
        # A step that failed permanently is stored: calling the function again would raise the same error.
        if final or any("error" in step for step in run.steps.values()):
            self._fail(run, message)
            return
        after = response.headers.get("Retry-After")  # a time, not seconds, from the SDK's RetryAfterError
        wake_at = datetime.fromisoformat(after) if after else clock.now() + _backoff(run.attempt)
        function_run_service.retry_later(run.id, message, wake_at)

    def _fail(self, run: FunctionRun, message: str) -> None:
        log.error("job failed", function=run.function_id, run=str(run.id))
        event = {
            "id": f"failed:{run.id}",
            "name": "inngest/function.failed",
            "data": {
                "event": run.event,
                "function_id": run.function_id,
                "run_id": str(run.id),
                "error": {"message": message},
            },
        }
        with self._app.app_context(), scope.platform("running jobs"):
            # A failure handler has no handler of its own.
            handler = None if run.function_id.endswith("-failure") else (f"{run.function_id}-failure", event)
            function_run_service.fail(run.id, message, handler)


def _backoff(attempt: int) -> timedelta:
    """Return an exponential delay with jitter, at most an hour."""
    # The jitter spreads the retries of runs that failed together.
    return timedelta(seconds=min(MAX_BACKOFF, 2**attempt) * random.uniform(0.5, 1.0))
