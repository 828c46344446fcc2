"""Functions that refresh matches after changes."""

from datetime import timedelta
from uuid import UUID

from app.inngest.function import inngest_function
from app.services.duplicates import candidate_duplicate_service
from app.services.matching import candidate_match_service, match_rebuild_service


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


@inngest_function(event="application/created", retries=4)
async def rank_applicant(ctx, step):
    """Rank a new applicant for the job."""
    data = ctx.event.data
    ids = UUID(data["candidate_id"]), UUID(data["job_id"])
    return await step.run("refresh", candidate_match_service.refresh_applicant, *ids)


@inngest_function(event="matches/outdated", retries=10)
async def rebuild_matches(ctx, step):
    """Make outdated vectors anew, in batches, then rank the tenant's candidates for all live jobs."""
    after = ctx.event.data.get("after")
    while last := await step.run(f"after-{after}", match_rebuild_service.embed_after, after):
        after = last
        if step.is_spent:
            return await step.continue_anew(after=after)
    return await step.run("jobs", match_rebuild_service.refresh_jobs)
