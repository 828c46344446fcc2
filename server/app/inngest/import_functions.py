"""Functions that import candidates from tables."""

from uuid import UUID

from app.inngest.function import inngest_function
from app.services.duplicates import candidate_duplicate_service
from app.services.imports import candidate_import_service


def _give_up(data, error):
    candidate_import_service.fail(UUID(data["import_id"]))


@inngest_function(event="candidate_import/asked", retries=6, on_failure=_give_up)
async def import_candidates(ctx, step):
    """Import a table in batches."""
    import_id, turn = UUID(ctx.event.data["import_id"]), 0
    # The import's row knows how far it is: a step that is repeated after a crash writes nothing twice.
    while await step.run(f"write-{turn}", candidate_import_service.proceed, import_id):
        turn += 1
        if step.is_spent:
            return await step.continue_anew()
    return turn


@inngest_function(event="candidate_import/written", retries=6)
async def suggest_imported_duplicates(ctx, step):
    """Look for duplicates of imported candidates, in batches."""
    import_id, number = UUID(ctx.event.data["import_id"]), int(ctx.event.data.get("after", 0))
    while last := await step.run(f"after-{number}", candidate_duplicate_service.refresh_imported, import_id, number):
        number = last
        if step.is_spent:
            return await step.continue_anew(after=number)
    return number
