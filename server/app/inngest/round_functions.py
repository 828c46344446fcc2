"""What runs by the clock in each tenant that has something due."""

from app.inngest.function import MOST_IN_ROUND, job
from app.services import (
    candidate_import_service,
    candidate_task_service,
    interview_service,
    job_posting_service,
    offer_service,
    retention_service,
    saved_search_service,
    subject_export_service,
)


async def _round(step, name, due, function):
    """Call `function` in each of the tenants that `due` names; what it answered by tenant."""
    tenants = await step.run("tenants", due)
    return {tenant: await step.run_for(tenant, f"{name}-{tenant}", function) for tenant in tenants[:MOST_IN_ROUND]}


@job(cron="5 * * * *", retries=4)
async def remind_of_tasks(ctx, step):
    """Mail users the tasks that have fallen due."""
    return await _round(step, "remind", candidate_task_service.tenants_with_due, candidate_task_service.remind)


@job(cron="*/10 * * * *", retries=4)
async def settle_interviews(ctx, step):
    """Remind of interviews that are soon, and ask for feedback on those that are over."""
    return await _round(step, "interviews", interview_service.tenants_with_due, interview_service.settle_due)


@job(cron="20 * * * *", retries=4)
async def expire_postings(ctx, step):
    """End the postings whose time is over."""
    return await _round(step, "postings", job_posting_service.tenants_with_expired, job_posting_service.expire_due)


@job(cron="15 * * * *", retries=4)
async def expire_offers(ctx, step):
    """End the offers whose time is over."""
    return await _round(step, "offers", offer_service.tenants_with_expired, offer_service.expire_due)


@job(cron="25 * * * *", retries=4)
async def alert_of_searches(ctx, step):
    """Mail users what is new to their saved searches."""
    return await _round(step, "alert", saved_search_service.tenants_with_alerts, saved_search_service.alert_due)


@job(cron="35 2 * * *", retries=4)
async def retain_candidates(ctx, step):
    """Put those whose time is over in quarantine, with a notice, and erase those whose grace is over."""
    return await _round(step, "retain", retention_service.tenants_with_rules, retention_service.settle)


@job(cron="50 3 * * *", retries=4)
async def expire_subject_exports(ctx, step):
    """Delete the archives of persons whose time is over."""
    return await _round(
        step, "purge", subject_export_service.tenants_with_expired, subject_export_service.purge_expired
    )


@job(cron="55 3 * * *", retries=4)
async def forget_imported_tables(ctx, step):
    """Delete tables that nobody came back for."""
    due, forget = candidate_import_service.tenants_with_old_tables, candidate_import_service.forget_old_tables
    return await _round(step, "forget", due, forget)
