"""What runs by the clock in each tenant that has something due."""

from app.inngest.function import inngest_function
from app.services.candidates import candidate_task_service, saved_search_service
from app.services.events import outbox_service
from app.services.imports import candidate_import_service
from app.services.interviews import interview_service
from app.services.jobs import job_posting_service
from app.services.offers import offer_service
from app.services.privacy import retention_service, subject_export_service
from app.utils.parts import parts

TENANTS_AT_ONCE = 200


def each_tenant(*, cron, due):
    """Register an Inngest function that runs in each of the tenants that `due()` names, at each tick of `cron`.

    The clock only promises one event per tenant, so no tenant waits for another: each has retries of its own, and one
    that fails for good is seen and counted like any failed job until the next tick, which tries again where it is
    still due.
    """

    def decorate(handler):
        name = handler.__name__
        event = f"round/{name}"

        async def go_round(ctx, step):
            tenants = await step.run("tenants", due)
            await step.run("dismiss", outbox_service.dismiss_failed, event)
            for number, some in enumerate(parts(tenants, TENANTS_AT_ONCE)):
                await step.run(f"hand-out-{number}", outbox_service.enqueue_for, event, some)
            return len(tenants)

        go_round.__name__ = name
        handler.__name__ = f"{name}_in_each_tenant"
        inngest_function(cron=cron, retries=4)(go_round)
        return inngest_function(event=event, retries=4)(handler)

    return decorate


@each_tenant(cron="5 * * * *", due=candidate_task_service.tenants_with_due)
async def remind_of_tasks(ctx, step):
    """Mail users the tasks that have fallen due."""
    return await step.run("remind", candidate_task_service.remind)


@each_tenant(cron="*/10 * * * *", due=interview_service.tenants_with_due)
async def settle_interviews(ctx, step):
    """Remind of interviews that are soon, and ask for feedback on those that are over."""
    return await step.run("settle", interview_service.settle_due)


@each_tenant(cron="20 * * * *", due=job_posting_service.tenants_with_expired)
async def expire_postings(ctx, step):
    """End the postings whose time is over."""
    return await step.run("expire", job_posting_service.expire_due)


@each_tenant(cron="15 * * * *", due=offer_service.tenants_with_expired)
async def expire_offers(ctx, step):
    """End the offers whose time is over."""
    return await step.run("expire", offer_service.expire_due)


@each_tenant(cron="25 * * * *", due=saved_search_service.tenants_with_alerts)
async def alert_of_searches(ctx, step):
    """Mail users what is new to their saved searches."""
    return await step.run("alert", saved_search_service.alert_due)


@each_tenant(cron="35 2 * * *", due=retention_service.tenants_with_rules)
async def retain_candidates(ctx, step):
    """Put those whose time is over in quarantine, with a notice, and erase those whose grace is over."""
    return await step.run("retain", retention_service.settle)


@each_tenant(cron="50 3 * * *", due=subject_export_service.tenants_with_expired)
async def expire_subject_exports(ctx, step):
    """Delete the archives of persons whose time is over."""
    return await step.run("purge", subject_export_service.purge_expired)


@each_tenant(cron="55 3 * * *", due=candidate_import_service.tenants_with_old_tables)
async def forget_imported_tables(ctx, step):
    """Delete tables that nobody came back for."""
    return await step.run("forget", candidate_import_service.forget_old_tables)
