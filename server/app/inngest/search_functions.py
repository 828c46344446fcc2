"""Functions that rebuild the search index after its format has changed."""

from app.inngest.function import inngest_function
from app.services.search import candidate_search_index


@inngest_function(event="candidate_search/outdated", retries=10)
async def rebuild_search(ctx, step):
    """Rebuild the search index of a tenant's candidates, in batches."""
    after = ctx.event.data.get("after")
    while last := await step.run(f"after-{after}", candidate_search_index.rebuild_after, after):
        after = last
        if step.is_spent:
            return await step.continue_anew(after=after)
    return after
