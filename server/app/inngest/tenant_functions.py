"""Functions for whole tenants: filling sandboxes, building exports."""

from datetime import timedelta
from uuid import UUID

from app.inngest.function import inngest_function
from app.services.platform import sandbox_service
from app.services.tenants import tenant_export_service

LOOKS = 40  # checks whether all resumes of a sandbox are parsed
PAUSE = timedelta(seconds=3)  # two minutes in all; then those parsed so far get applications


def _give_up(data, error):
    tenant_export_service.fail(UUID(data["export_id"]), error)


@inngest_function(event="tenant/sandbox_opened", retries=4)
async def fill_sandbox(ctx, step):
    """Fill a new sandbox with synthetic jobs, people and applications."""
    people = await step.run("people", sandbox_service.add_people)
    for look in range(LOOKS):
        if await step.run(f"look-{look}", sandbox_service.is_parsed):
            break
        await step.sleep(f"wait-{look}", PAUSE)
    await step.run("applications", sandbox_service.add_applications)
    return people


# Building the archive is one step and may take long, hence `quiet`.
@inngest_function(event="tenant_export/asked", retries=8, quiet=timedelta(hours=2), on_failure=_give_up)
async def build_export(ctx, step):
    """Build the archive of a tenant."""
    return await step.run("build", tenant_export_service.build, UUID(ctx.event.data["export_id"]))
