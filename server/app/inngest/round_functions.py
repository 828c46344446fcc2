"""What runs by the clock in each tenant that has something due."""

from app.inngest.function import job
from app.services import (
    candidate_import_service,
    candidate_task_service,
    retention_service,
    saved_search_service,
    subject_export_service,
)

MOST = 900  # an Inngest run has a thousand steps; whoever is left has a turn in the next one


@job(cron="5 * * * *", retries=4)
async def remind_of_tasks(ctx, step):
    """Mail users the tasks that have fallen due."""
    due = await step.run("tenants", candidate_task_service.tenants_with_due)
    return {
        tenant: await step.run_for(tenant, f"remind-{tenant}", candidate_task_service.remind) for tenant in due[:MOST]
    }


@job(cron="25 * * * *", retries=4)
async def alert_of_searches(ctx, step):
    """Mail users what is new to their saved searches."""
    due = await step.run("tenants", saved_search_service.tenants_with_alerts)
    return {one: await step.run_for(one, f"alert-{one}", saved_search_service.alert_due) for one in due[:MOST]}


@job(cron="35 2 * * *", retries=4)
async def retain_candidates(ctx, step):
    """Put those whose time is over in quarantine, with a notice, and erase those whose grace is over."""
    erased = {}
    for tenant in (await step.run("tenants", retention_service.tenants_with_rules))[: MOST // 2]:
        await step.run_for(tenant, f"quarantine-{tenant}", retention_service.quarantine)
        erased[tenant] = await step.run_for(tenant, f"purge-{tenant}", retention_service.purge_due)
    return erased


@job(cron="50 3 * * *", retries=4)
async def expire_subject_exports(ctx, step):
    """Delete the archives of persons whose time is over."""
    due = await step.run("tenants", subject_export_service.tenants_with_expired)
    return {
        tenant: await step.run_for(tenant, f"purge-{tenant}", subject_export_service.purge_expired) for tenant in due
    }


@job(cron="55 3 * * *", retries=4)
async def forget_imported_tables(ctx, step):
    """Delete tables that nobody came back for."""
    due = await step.run("tenants", candidate_import_service.tenants_with_old_tables)
    return {
        one: await step.run_for(one, f"forget-{one}", candidate_import_service.forget_old_tables) for one in due[:MOST]
    }
