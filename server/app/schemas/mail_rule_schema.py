"""Mail rules."""

from __future__ import annotations

from pydantic import Field

from app.models.mail_rule import MailTrigger
from app.schemas.common import Flag, In, Out

OWN_TEMPLATE = r"^own\.[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$"
MONTH = 30 * 24 * 60


class MailRuleIn(In):
    """Whether, when and with which text candidates are mailed of the event."""

    is_on: Flag = True
    delay_minutes: int | None = Field(
        None, strict=True, ge=0, le=MONTH, description="Minutes to wait; null as usual, never less than the hold"
    )
    template: str | None = Field(
        None, pattern=OWN_TEMPLATE, description="One of your own templates; null for the text of the event"
    )


class MailRuleOut(Out):
    """The rule of an event."""

    trigger: MailTrigger
    is_on: bool
    delay_minutes: int | None = Field(description="Minutes to wait; null as usual")
    template: str | None = Field(description="One of your own templates; null for the text of the event")
    usual_delay_minutes: int = Field(description="Minutes to wait without a delay of the rule")
