"""Functions for privacy requests."""

from datetime import timedelta
from uuid import UUID

from app.inngest.function import inngest_function
from app.services.privacy import subject_export_service


def _give_up(data, error):
    subject_export_service.fail(UUID(data["request_id"]))


# Building the archive is one step and may take long, hence `quiet`.
@inngest_function(event="subject_export/asked", retries=8, quiet=timedelta(hours=1), on_failure=_give_up)
async def build_subject_export(ctx, step):
    """Build the archive of all data stored about a person."""
    return await step.run("build", subject_export_service.build, UUID(ctx.event.data["request_id"]))
