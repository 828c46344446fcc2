"""Functions of invitations."""

from uuid import UUID

from app.inngest.function import inngest_function
from app.services.invitations import invitation_files


@inngest_function(event="candidate_invitation/approved")
async def hand_over_files(ctx, step):
    """Make the files of an approved invitation documents and resumes of the candidate."""
    return await step.run("hand-over", invitation_files.hand_over, UUID(ctx.event.data["invitation_id"]))
