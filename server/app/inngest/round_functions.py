"""What runs by the clock in each tenant that has something due."""

from app.inngest.function import job
from app.services import (
    candidate_import_service,
    candidate_task_service,
    retention_service,
    saved_search_service,
    subject_export_service,
)


@job(cron="5 * * * *", retries=4)
async def remind_of_tasks(ctx, step):
    """Mail users the tasks that have fallen due."""
    due = await step.run("tenants", candidate_task_service.tenants_with_due)
    return {tenant: await step.run_for(tenant, f"remind-{tenant}", candidate_task_service.remind) for tenant in due}


@job(cron="25 5 * * *", retries=4)
async def alert_of_searches(ctx, step):
    """Mail users what is new to their saved searches."""
    hits = {}
    for tenant in await step.run("tenants", saved_search_service.tenants_with_alerts):
        for search in await step.run_for(tenant, f"due-{tenant}", saved_search_service.due_alerts):
            hits[search] = await step.run_for(tenant, f"alert-{search}", saved_search_service.alert, search)
    return hits


@job(cron="35 2 * * *", retries=4)
async def retain_candidates(ctx, step):
    """Put those whose time is over in quarantine, with a notice, and erase those whose grace is over."""
    erased = {}
    for tenant in await step.run("tenants", retention_service.tenants_with_rules):
        await step.run_for(tenant, f"quarantine-{tenant}", retention_service.quarantine)
        due = await step.run_for(tenant, f"due-{tenant}", retention_service.due)
        done = [await step.run_for(tenant, f"purge-{one}", retention_service.purge, one) for one in due]
        erased[tenant] = sum(done)
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
    return {one: await step.run_for(one, f"forget-{one}", candidate_import_service.forget_old_tables) for one in due}
