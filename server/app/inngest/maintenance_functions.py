"""Maintenance functions: files, and scheduled cleanup for all tenants."""

from uuid import UUID

from app.inngest.function import inngest_function
from app.services.accounts import auth_session_service, lockout_service
from app.services.applications import application_bulk_service, last_activity_service
from app.services.candidates import candidate_bulk_service, candidate_document_service
from app.services.duplicates import candidate_merge_service
from app.services.events import function_run_service, idempotency_service, ledger_checkpoint_service, outbox_service
from app.services.files import file_sweep_service
from app.services.messages import email_integration_service
from app.services.notifications import notification_service
from app.services.platform import platform_auth_service
from app.services.portal import portal_session_service
from app.services.tenants import tenant_export_service, tenant_purge_service

MOST_AT_ONCE = 400  # tenants per run: the Inngest server ends a run at 1 000 steps


@inngest_function(event="file/deleted")
async def delete_file(ctx, step):
    """Delete the bytes of a file whose row was deleted."""
    return await step.run("delete", candidate_document_service.delete_bytes, ctx.event.data["storage_key"])


# About a day of retries: files stay in quarantine while the virus scanner is down.
@inngest_function(event="candidate_document/quarantined", retries=20)
async def scan_document(ctx, step):
    """Scan a quarantined file for viruses."""
    return await step.run("scan", candidate_document_service.scan, UUID(ctx.event.data["document_id"]))


@inngest_function(cron="* * * * *", retries=0)
async def follow_activity(ctx, step):
    """Note when people last did something about candidates and applications; the next minute tries again."""
    return await step.run("follow", last_activity_service.follow_all)


@inngest_function(cron="31 4 * * *", retries=3)
async def sweep_files(ctx, step):
    """Delete stored files that no row refers to."""
    return await step.run("sweep", file_sweep_service.sweep)


@inngest_function(cron="17 3 * * *", retries=3)
async def purge_expired(ctx, step):
    """Delete expired sessions, keys, finished runs and other records past their retention."""
    return {
        # One step each, so that the retry of a failed one does not repeat the others.
        "sessions": await step.run("sessions", auth_session_service.purge_expired),
        "platform_sessions": await step.run("platform-sessions", platform_auth_service.purge_expired),
        "attempts": await step.run("attempts", lockout_service.purge_attempts),
        "keys": await step.run("keys", idempotency_service.purge_expired),
        "runs": await step.run("runs", function_run_service.purge_finished),
        "outbox": await step.run("outbox", outbox_service.purge_done),
        "bulk_operations": await step.run("bulk-operations", candidate_bulk_service.purge_old),
        "application_bulk_operations": await step.run(
            "application-bulk-operations", application_bulk_service.purge_old
        ),
        "notifications": await step.run("notifications", notification_service.purge_old),
        "processed_emails": await step.run("processed-emails", email_integration_service.purge_old),
        "portal_sessions": await step.run("portal-sessions", portal_session_service.purge_old),
        "merges": await step.run("merges", candidate_merge_service.forget_snapshots),
        "exports": await step.run("exports", tenant_export_service.purge_expired),
    }


@inngest_function(cron="7 0 * * *", retries=10)
async def sign_ledgers(ctx, step):
    """Sign a checkpoint of each tenant's audit trail, so that deleting its latest events is detectable."""
    return await step.run("sign", ledger_checkpoint_service.sign_all)


@inngest_function(cron="41 3 * * *", retries=10)
async def purge_tenants(ctx, step):
    """Delete tenants whose grace period has ended, with all their data."""
    due = (await step.run("due", tenant_purge_service.due))[:MOST_AT_ONCE]
    failed = [each for each in due if not await step.attempt(f"purge-{each}", tenant_purge_service.purge, each)]
    for tenant_id in failed:
        await step.run(f"again-{tenant_id}", tenant_purge_service.purge, tenant_id)
    return len(due)
