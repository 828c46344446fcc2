"""The search index is derived anew where its form has changed."""

from app.inngest.function import job
from app.services import candidate_search_index


@job(event="candidate_search/outdated", retries=10)
async def rebuild_search(ctx, step):
    """Derive what search knows of every candidate of a tenant anew, a batch at a time."""
    after, batches = None, 0
    while True:
        last = await step.run(f"batch-{batches}", candidate_search_index.rebuild_after, after)
        if last is None:
            return batches
        after, batches = last, batches + 1
