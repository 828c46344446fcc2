"""Messages to candidates, and threads."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, model_validator

from app.models.email_message import Direction, EmailStatus
from app.models.permission import PII
from app.schemas.careers_schema import Sender
from app.schemas.common import In, Line, Out, Text, UtcMoment
from app.schemas.documented import like
from app.schemas.expanded_schema import CandidateRef
from app.schemas.guarded import guarded
from app.schemas.lists import Ids, ListQuery, dated
from app.schemas.mail_rule_schema import OWN_TEMPLATE


class MessageText(In):
    """A text of your own, or one of your templates. Variables such as `{name}` are replaced in both."""

    subject: Line | None = Field(None, examples=["A position for you"])
    text: Text | None = Field(None, examples=["Hello {given_name},\n\nmay I call you?\n\n{signature}"])
    template: str | None = Field(
        None, pattern=OWN_TEMPLATE, description="One of your own templates, instead of subject and text"
    )

    @model_validator(mode="after")
    def _check_text(self) -> MessageText:
        written = bool(self.subject) and bool(self.text)
        if written == (self.template is not None) or bool(self.subject) != bool(self.text):
            raise ValueError("send either `subject` and `text`, or `template`")
        return self


class MessageCreate(MessageText):
    """A message to a candidate. It waits for the hold, in which you can cancel it."""

    application_id: UUID | None = Field(None, description="The application that it is about; gives `{job}` a value")
    thread_id: UUID | None = Field(None, description="The thread that it continues; by default a new one")
    document_ids: Annotated[list[UUID], Field(max_length=10)] = Field(
        [], description="Documents of the candidate to attach, together 15 MB at most"
    )


class AttachmentOut(Out):
    """A file of an email. It is one of the candidate's documents, unless it could not be stored."""

    filename: str
    document_id: UUID | None = Field(description="Id of the document; null if the file could not be stored")


class MessageOut(Out):
    """An email that was or will be sent, or was received."""

    id: UUID
    candidate_id: UUID | None
    thread_id: UUID | None
    direction: Direction
    template: Annotated[str, like("EmailTemplate")]
    status: EmailStatus
    recipient: Annotated[str | None, guarded(PII)] = Field(description="Null without the `candidates.pii` permission")
    sender: Annotated[str | None, guarded(PII)] = Field(
        description="Address of a received email; null without the `candidates.pii` permission"
    )
    author_id: UUID | None = Field(description="The user who wrote it; null for emails that rules send")
    subject: str | None = Field(description="Null until an email of a rule is sent")
    text: Annotated[str | None, guarded(PII)] = Field(
        description="Null until an email of a rule is sent, and without the `candidates.pii` permission"
    )
    html: Annotated[str | None, guarded(PII)] = Field(
        description="HTML of a received email, without scripts, styles and pictures; null without `candidates.pii`"
    )
    attachments: list[AttachmentOut] = Field(description="Files of the email")
    is_automatic: bool = Field(description="Whether a machine wrote it, such as an out-of-office notice")
    due_at: UtcMoment
    sent_at: UtcMoment | None
    error: str | None
    created_at: UtcMoment
    updated_at: UtcMoment


class ThreadOut(Out):
    """Emails with a candidate that belong together."""

    id: UUID
    candidate_id: UUID
    application_id: UUID | None
    user_id: UUID | None = Field(description="The user who is notified of answers")
    subject: str
    last_message_at: UtcMoment
    last_direction: Direction = Field(description="`in`: the candidate waits for an answer")
    candidate: CandidateRef | None = Field(description="The candidate")
    created_at: UtcMoment
    updated_at: UtcMoment


@dated("last_message_at")
class ThreadQuery(ListQuery):
    """Filters for listing threads."""

    sorts: ClassVar[tuple[str, ...]] = ("last_message_at", "created_at")

    sort: str = Field("-last_message_at", max_length=60)
    candidate_id: Ids | None = None
    application_id: Ids | None = None
    last_direction: Direction | None = Field(None, description="`in`: those in which the candidate wrote last")
    mine: bool | None = Field(None, description="Only those of whose answers you are notified, or only others")


class RecordAddress(Out):
    """Your address for copies. An email of yours with a blind copy to it comes on the record of its candidates."""

    address: str | None = Field(description="Null if this installation takes no emails. Do not give it to others")


class PublicUnsubscription(Sender):
    """Whether an address gets more messages, as its owner sees it."""

    is_unsubscribed: bool = Field(description="Whether it gets no more messages; emails about applications go on")


class InboundResult(Out):
    """What became of a received email."""

    result: str = Field(description="`attached`, `repeated`, `bounced` or `ignored`")
