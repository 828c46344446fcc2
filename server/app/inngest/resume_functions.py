"""Functions that parse resumes."""

from contextlib import suppress
from uuid import UUID

from app.inngest.function import inngest_function
from app.services.resumes import candidate_resume_service
from app.utils.errors import NotFound


def _give_up(data, error):
    with suppress(NotFound):  # deleted meanwhile
        candidate_resume_service.fail_parsing(UUID(data["resume_id"]), "the parser failed several times")


@inngest_function(event="candidate_resume/uploaded", retries=3, on_failure=_give_up)
async def parse_resume(ctx, step):
    """Parse one resume into a candidate."""
    resume_id = UUID(ctx.event.data["resume_id"])
    # A step of its own, so that users see that the resume is being parsed.
    if not await step.run("begin", candidate_resume_service.begin_parsing, resume_id):
        return "gone"
    return await step.run("parse", candidate_resume_service.parse_stored, resume_id)
