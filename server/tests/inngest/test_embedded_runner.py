"""The embedded runner: retries, sleep, failure, parallel steps, de-duplication, cron, recovery."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import inngest
import sqlalchemy as sa
import time_machine
from pydantic import SecretStr
from structlog.testing import CapturingLogger

from app.extensions import db
from app.inngest import steps
from app.inngest.client import build_client
from app.inngest.embedded_runner import EmbeddedRunner
from app.inngest.function import inngest_function
from app.models import FunctionRun, Outbox
from app.services.core.transaction import use_case
from app.services.events import function_run_service, outbox_service
from app.services.operations import health_service
from app.utils import clock, scope
from app.utils.errors import Invalid, NotFound
from tests.factories.runner import make_runner


def _promise(tenant, name="test/go"):
    @use_case
    def cause():
        return outbox_service.enqueue(name, thing_id=1)

    with tenant.bound():
        return cause()


def _outbox(tenant, row_id):
    with tenant.bound():
        return db.session.get_one(Outbox, row_id)


def _runs(app):
    """The runs of these tests' own events; others have run before."""
    with app.app_context(), scope.platform("a test"):
        runs = db.session.scalars(sa.select(FunctionRun).order_by(FunctionRun.id)).all()
    return [run for run in runs if run.event["name"] == "test/go"]


def test_a_promise_is_kept_once_in_the_tenants_scope(app, tenant, jobs):
    seen = []

    @inngest_function(event="test/go")
    async def go(ctx, step):
        return await step.run("note", lambda: seen.append(str(scope.tenant_id())))

    row_id = _promise(tenant)
    runner = make_runner(app)
    runner.drain()
    runner.drain()
    assert seen == [str(tenant.id)]
    row = _outbox(tenant, row_id)
    assert row.acked_at and row.done_at and row.sends == 1


def test_steps_that_are_done_are_not_repeated(app, tenant, jobs):
    seen = []

    @inngest_function(event="test/go", retries=3)
    async def go(ctx, step):
        await step.run("first", lambda: seen.append("first"))
        await step.run("second", second)

    def second():
        seen.append("second")
        if seen.count("second") < 3:
            raise RuntimeError("not yet")

    _promise(tenant)
    runner = make_runner(app)
    for minutes in range(3):
        with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
            runner.drain()
    assert seen == ["first", "second", "second", "second"]
    assert _runs(app)[0].status == "completed"


def test_a_function_that_fails_for_good_tells_its_failure_handler(app, tenant, jobs):
    told = []

    @inngest_function(event="test/go", retries=1, on_failure=lambda data, error: told.append((data["thing_id"], error)))
    async def go(ctx, step):
        await step.run("explode", explode)

    def explode():
        raise RuntimeError("always")

    row_id = _promise(tenant)
    runner = make_runner(app)
    for minutes in range(4):
        with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
            runner.drain()
    assert told == [("1", "always")]
    row = _outbox(tenant, row_id)
    assert row.failed_at and row.error == "always" and not row.done_at


def test_a_failed_job_is_driven_again_as_a_new_generation(app, tenant, jobs):
    broken = [True]

    @inngest_function(event="test/go", retries=0)
    async def go(ctx, step):
        await step.run("try", attempt)

    def attempt():
        if broken[0]:
            raise RuntimeError("broken")

    row_id = _promise(tenant)
    runner = make_runner(app)
    runner.drain()
    broken[0] = False
    with tenant.bound():
        assert outbox_service.retry(row_id)
    runner.drain()
    with tenant.bound():
        assert not outbox_service.retry(row_id), "it is done"
    assert _outbox(tenant, row_id).done_at
    assert [run.event_id.rsplit(":", 1)[1] for run in _runs(app) if run.function_id.endswith("-go")] == ["0", "1"]


def test_an_error_that_no_retry_helps_is_not_retried(app, tenant, jobs):
    seen = []

    @inngest_function(event="test/go", retries=5)
    async def go(ctx, step):
        await step.run("look", look)

    def look():
        seen.append(1)
        raise NotFound("gone")

    row_id = _promise(tenant)
    make_runner(app).drain()
    assert seen == [1] and _outbox(tenant, row_id).failed_at


def test_retry_after_is_honoured(app, tenant, jobs):
    seen = []

    @inngest_function(event="test/go", retries=3, quiet=timedelta(hours=1))
    async def go(ctx, step):
        await step.run("ask", ask)

    def ask():
        seen.append(1)
        if len(seen) == 1:
            raise inngest.RetryAfterError("later", timedelta(hours=1))

    _promise(tenant)
    runner = make_runner(app)
    runner.drain()
    with time_machine.travel(clock.now() + timedelta(minutes=50)):
        runner.drain()
        assert len(seen) == 1
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        runner.drain()
    assert len(seen) == 2


def test_sleep_is_durable(app, tenant, jobs):
    seen = []

    @inngest_function(event="test/go", quiet=timedelta(hours=2))
    async def go(ctx, step):
        await step.run("before", lambda: seen.append("before"))
        await step.sleep("pause", timedelta(hours=2))
        await step.run("after", lambda: seen.append("after"))

    _promise(tenant)
    make_runner(app).drain()
    assert seen == ["before"]
    with time_machine.travel(clock.now() + timedelta(hours=3)):
        make_runner(app).drain()
    assert seen == ["before", "after"]


def test_parallel_steps_run_each_once(app, tenant, jobs):
    seen = []

    @inngest_function(event="test/go")
    async def go(ctx, step):
        return await ctx.group.parallel(
            tuple(lambda n=n: step.run(f"part-{n}", lambda: seen.append(n) or n) for n in range(3))
        )

    _promise(tenant)
    make_runner(app).drain()
    assert sorted(seen) == [0, 1, 2] and _runs(app)[0].status == "completed"


def test_a_second_delivery_is_dropped(app, tenant, jobs):
    seen = []

    @inngest_function(event="test/go")
    async def go(ctx, step):
        await step.run("note", lambda: seen.append(1))

    row_id = _promise(tenant)
    runner = make_runner(app)
    with app.app_context(), scope.platform("a test"):
        event = outbox_service.event_of(db.session.get_one(Outbox, row_id))
        for _ in range(3):
            runner.accept([event])
    runner.drain()
    assert seen == [1]


def test_what_the_runner_does_not_know_fails_loudly(app, tenant, jobs):
    @inngest_function(event="test/go", retries=0)
    async def go(ctx, step):
        await ctx.step.wait_for_event("wait", event="other", timeout=timedelta(hours=1))

    _promise(tenant)
    make_runner(app).drain()
    assert "INNGEST_BASE_URL" in _runs(app)[0].error


def test_a_tick_runs_once_also_when_it_was_missed(app, jobs):
    seen = []

    @inngest_function(cron="17 3 * * *")
    async def nightly(ctx, step):
        await step.run("sweep", lambda: seen.append(1))

    runner = make_runner(app)
    morning = datetime(2026, 3, 1, 8, tzinfo=UTC)
    for now in (morning, morning + timedelta(hours=1)):
        runner.tick(now)
        runner.drain()
    assert seen == [1]
    runner.tick(morning + timedelta(days=1))
    runner.drain()
    assert seen == [1, 1]


def test_an_expired_lease_counts_as_an_attempt(app, tenant, jobs):
    seen = []

    @inngest_function(event="test/go", retries=1)
    async def go(ctx, step):
        await step.run("note", lambda: seen.append(ctx.attempt))

    _promise(tenant)
    runner = make_runner(app)
    runner.relay()
    with app.app_context(), scope.platform("a test"):
        assert function_run_service.take() is not None
        assert function_run_service.take() is None
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        runner.drain()
    assert seen == [0], "the attempts of earlier steps do not count"
    assert _runs(app)[0].status == "completed"


def test_after_a_crash_the_runs_are_reclaimed(app, tenant, jobs):
    @inngest_function(event="test/go")
    async def go(ctx, step):
        await step.run("note", lambda: None)

    _promise(tenant)
    runner = make_runner(app)
    runner.relay()
    with app.app_context(), scope.platform("a test"):
        function_run_service.take()
    assert runner.reclaim() == 1
    runner.drain()
    assert _runs(app)[0].status == "completed"


def test_a_run_whose_process_dies_each_time_ends(app, tenant, jobs):
    @inngest_function(event="test/go", retries=1)
    async def go(ctx, step):
        await asyncio.sleep(0)

    row_id = _promise(tenant)
    runner = make_runner(app)
    runner.relay()
    for _ in range(2):
        with app.app_context(), scope.platform("a test"):
            function_run_service.take()
        runner.reclaim()
    runner.drain()
    assert _runs(app)[0].status == "failed" and _outbox(tenant, row_id).failed_at


def test_a_failed_job_is_counted_until_it_is_dismissed_and_says_nothing_of_readiness(app, tenant, jobs):
    @inngest_function(event="test/go", retries=0)
    async def go(ctx, step):
        await step.run("note", _refuse)

    row_id = _promise(tenant)
    make_runner(app).drain()
    with app.app_context():
        assert health_service.check()["parts"]["jobs"] == "ok"
        with scope.platform("a test"):
            before = outbox_service.count_open()
            assert outbox_service.backlog().failed == 1
            assert outbox_service.dismiss(row_id) and not outbox_service.dismiss(row_id)
            assert (outbox_service.backlog().failed, outbox_service.count_open()) == (0, before - 1)


def _refuse():
    raise Invalid("This cannot be done.")


def test_a_job_whose_run_was_lost_is_seen_and_driven_again(app, tenant, jobs):
    """As after a change from a job server that had acknowledged the job."""
    seen = []

    @inngest_function(event="test/go")
    async def go(ctx, step):
        await step.run("note", lambda: seen.append(1))

    row_id = _promise(tenant)
    runner = make_runner(app)
    runner.relay(), runner.work_once()  # acknowledged
    with app.app_context(), scope.platform("a test"):
        forget_runs()
    with time_machine.travel(clock.now() + timedelta(minutes=12)), app.app_context():
        assert health_service.check()["parts"]["jobs"] == "1 lost"
        with scope.platform("a test"):
            assert outbox_service.retry_lost() == 1
        runner.drain()
        assert health_service.check()["parts"]["jobs"] == "ok"
    row = _outbox(tenant, row_id)
    assert seen == [1] and row.done_at and row.generation == 1


@use_case
def forget_runs():
    db.session.execute(sa.delete(FunctionRun).where(FunctionRun.status != "completed"))


def test_a_run_that_was_taken_for_lost_ends_at_its_next_step(app, tenant, jobs):
    seen, told = [], []

    @inngest_function(event="test/go", on_failure=lambda data, error: told.append(error))
    async def go(ctx, step):
        await step.run("first", lambda: seen.append("first"))
        await step.run("second", lambda: seen.append("second"))

    row_id = _promise(tenant)
    runner = make_runner(app)
    runner.relay(), runner.work_once(), runner.work_once()
    assert seen == ["first"]
    with tenant.bound():
        outbox_service.retry(row_id)
    runner.drain()
    assert sorted(seen) == ["first", "first", "second"] and told == []
    assert _outbox(tenant, row_id).done_at


def test_long_work_goes_on_in_a_new_run(app, tenant, jobs, monkeypatch):
    """The Inngest server ends a run at 1 000 steps; nothing begins again from the start."""
    monkeypatch.setattr(steps, "MOST_STEPS", 5)
    seen = []

    @inngest_function(event="test/go")
    async def go(ctx, step):
        for number in range(int(ctx.event.data.get("after", 0)), 12):
            await step.run(f"part-{number}", seen.append, number)
            if step.is_spent:
                return await step.continue_anew(after=number + 1)

    row_id = _promise(tenant)
    make_runner(app).drain()
    row = _outbox(tenant, row_id)
    assert seen == list(range(12)) and row.done_at and row.generation == 2
    assert row.data == {"thing_id": "1", "after": "10"}


def test_a_failing_step_leaves_one_line_in_the_log(app, tenant, jobs, monkeypatch):
    @inngest_function(event="test/go", retries=0)
    async def go(ctx, step):
        await step.run("explode", explode)

    def explode():
        raise RuntimeError("somebody@people.example")

    _promise(tenant)
    monkeypatch.setattr(steps, "log", log := CapturingLogger())
    make_runner(app).drain()
    (call,) = log.calls
    facts = {"function": "go", "tenant": str(tenant.id), "step": "explode", "attempt": 0, "code": None}
    assert call.kwargs == {**facts, "error": "RuntimeError"}, "and nothing of the error's text"


def test_a_failing_function_leaves_one_line_in_the_log(app, tenant, jobs, monkeypatch):
    @inngest_function(event="test/go", retries=0)
    async def go(ctx, step):
        raise RuntimeError("outside of a step")

    _promise(tenant)
    monkeypatch.setattr(steps, "log", log := CapturingLogger())
    make_runner(app).drain()
    assert [call.kwargs["function"] for call in log.calls] == ["go"]


def test_the_runner_works_beside_the_settings_of_a_job_server(app, tenant, jobs, settings):
    """`manage.py seed` runs its jobs itself, on an installation with Inngest too."""
    keys = {"inngest_base_url": "http://127.0.0.1:9", "inngest_signing_key": SecretStr("ab" * 32)}
    seen = []

    @inngest_function(event="test/go")
    async def go(ctx, step):
        await step.run("note", lambda: seen.append(1))

    _promise(tenant)
    EmbeddedRunner(app, build_client(settings.model_copy(update=keys), is_embedded=True)).drain()
    assert seen == [1]
