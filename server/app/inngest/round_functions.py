"""Scheduled functions that run in each tenant with something due."""

from app.inngest.function import inngest_function
from app.services.candidates import candidate_document_service, saved_search_service
from app.services.collaboration import task_service
from app.services.events import outbox_service
from app.services.imports import candidate_import_service
from app.services.interviews import interview_service, interviewer_calendar_service
from app.services.invitations import candidate_invitation_service
from app.services.jobs import job_posting_service
from app.services.messages import mailbox_sync_service
from app.services.notifications import notification_digest_service
from app.services.offers import offer_service
from app.services.privacy import retention_service, subject_export_service
from app.utils.parts import parts

TENANTS_AT_ONCE = 200  # per step, so that a step stays short


def each_tenant(*, cron, due):
    """Register a function that runs at each tick of `cron`, in each tenant that `due()` returns.

    The schedule only enqueues one event per tenant, so that tenants do not wait for each other and each run has its own
    retries. A permanent failure is counted like any failed run until the next tick, which tries again if still due.
    """

    def decorate(handler):
        name = handler.__name__
        event = f"round/{name}"

        async def go_round(ctx, step):
            tenants = await step.run("tenants", due)
            # Before the events are enqueued: a tenant with a failed, undismissed event would not get a new one.
            await step.run("dismiss", outbox_service.dismiss_failed, event)
            for number, some in enumerate(parts(tenants, TENANTS_AT_ONCE)):
                await step.run(f"hand-out-{number}", outbox_service.enqueue_for, event, some)
            return len(tenants)

        # The names become the ids of the two functions, which must differ.
        go_round.__name__ = name
        handler.__name__ = f"{name}_in_each_tenant"
        inngest_function(cron=cron, retries=4)(go_round)
        return inngest_function(event=event, retries=4)(handler)

    return decorate


@each_tenant(cron="5 * * * *", due=task_service.tenants_with_due)
async def remind_of_tasks(ctx, step):
    """Email users about tasks that are due."""
    return await step.run("remind", task_service.remind)


@each_tenant(cron="*/5 * * * *", due=mailbox_sync_service.tenants_with_due)
async def read_mailboxes(ctx, step):
    """Read the mailboxes that users connected, each every 15 minutes."""
    return await step.run("read", mailbox_sync_service.sync_due)


@each_tenant(cron="*/5 * * * *", due=interviewer_calendar_service.tenants_with_due)
async def read_calendars(ctx, step):
    """Read the calendars that interviewers connected, each every 15 minutes."""
    return await step.run("read", interviewer_calendar_service.sync_due)


@each_tenant(cron="*/10 * * * *", due=interview_service.tenants_with_due)
async def settle_interviews(ctx, step):
    """Send reminders of upcoming interviews, and ask for feedback on past ones."""
    return await step.run("settle", interview_service.settle_due)


@each_tenant(cron="10,40 * * * *", due=candidate_invitation_service.tenants_with_due)
async def settle_invitations(ctx, step):
    """Remind of invitations that expire soon, expire them, and delete old ones."""
    return await step.run("settle", candidate_invitation_service.settle_due)


@each_tenant(cron="45 6 * * *", due=candidate_document_service.tenants_with_expiring)
async def notify_of_expiring_documents(ctx, step):
    """Notify the owners of candidates whose documents expire soon."""
    return await step.run("notify", candidate_document_service.notify_of_expiry)


@each_tenant(cron="*/15 * * * *", due=notification_digest_service.tenants_with_digests)
async def send_digests(ctx, step):
    """Send the daily digests of notifications, at 7 in each user's time zone."""
    return await step.run("send", notification_digest_service.send_due)


@each_tenant(cron="20 * * * *", due=job_posting_service.tenants_with_expired)
async def expire_postings(ctx, step):
    """Expire postings past their end."""
    return await step.run("expire", job_posting_service.expire_due)


@each_tenant(cron="15 * * * *", due=offer_service.tenants_with_expired)
async def expire_offers(ctx, step):
    """Expire offers past their deadline."""
    return await step.run("expire", offer_service.expire_due)


@each_tenant(cron="25 * * * *", due=saved_search_service.tenants_with_alerts)
async def alert_of_searches(ctx, step):
    """Email users about new results of their saved searches."""
    return await step.run("alert", saved_search_service.alert_due)


@each_tenant(cron="35 2 * * *", due=retention_service.tenants_with_rules)
async def retain_candidates(ctx, step):
    """Quarantine candidates past their retention period, with a notice, and erase them after the grace period."""
    return await step.run("retain", retention_service.settle)


@each_tenant(cron="50 3 * * *", due=subject_export_service.tenants_with_expired)
async def expire_subject_exports(ctx, step):
    """Delete expired archives of privacy requests."""
    return await step.run("purge", subject_export_service.purge_expired)


@each_tenant(cron="55 3 * * *", due=candidate_import_service.tenants_with_old_tables)
async def forget_imported_tables(ctx, step):
    """Delete expired tables of imports."""
    return await step.run("forget", candidate_import_service.forget_old_tables)
