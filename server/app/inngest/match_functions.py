"""Functions that refresh matches after changes."""

from datetime import timedelta
from uuid import UUID

from app.inngest.function import inngest_function
from app.services.duplicates import candidate_duplicate_service
from app.services.matching import candidate_match_service


# Ranking all candidates of a tenant is one step and may take long, hence `quiet`.
@inngest_function(event="job/changed", retries=4, quiet=timedelta(minutes=30))
async def refresh_job_matches(ctx, step):
    """Rank the tenant's candidates for a changed job."""
    return await step.run("refresh", candidate_match_service.refresh_stored, UUID(ctx.event.data["job_id"]))


@inngest_function(event="candidate/changed", retries=4)
async def refresh_candidate_matches(ctx, step):
    """Rank a changed candidate for the tenant's live jobs, and look for duplicates."""
    candidate_id = UUID(ctx.event.data["candidate_id"])
    await step.run("duplicates", candidate_duplicate_service.refresh, candidate_id)
    return await step.run("refresh", candidate_match_service.refresh_candidate, candidate_id)
