"""What runs by the clock in each tenant that has something due."""

from app.inngest.function import job
from app.services import candidate_task_service, saved_search_service


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
