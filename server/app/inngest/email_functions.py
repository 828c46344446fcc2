"""Functions that send emails."""

from uuid import UUID

from app.inngest.function import inngest_function
from app.services.mail import email_message_service


def _give_up(data, error):
    email_message_service.fail(UUID(data["message_id"]), error)


# A throttle makes mails wait; Inngest's rate limit would drop them.
@inngest_function(event="email_message/queued", throttle_per_minute=600, on_failure=_give_up)
async def send_email(ctx, step):
    """Send one email."""
    return await step.run("send", email_message_service.send, UUID(ctx.event.data["message_id"]))
