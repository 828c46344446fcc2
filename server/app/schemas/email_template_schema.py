"""Templates of emails."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from app.schemas.common import In, Line, Out, Query, ShortLine, Text, UtcMoment
from app.schemas.lists import AnyOf

Language = Literal["en", "de", "fr", "es", "pt", "it", "nl", "pl"]


def _something(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


Body = Annotated[Text, AfterValidator(_something)]


class EmailTexts(In):
    """The texts of an email. `{name}` and the other variables of its kind are replaced."""

    subject: Line = Field(examples=["Your application for {job}"])
    text: Body = Field(
        description="Plain text, with a blank line between paragraphs",
        examples=["Hello {name},\n\nthank you for your time."],
    )
    html: Text | None = Field(
        None,
        description="HTML of the body; what is not text, a list, a table, a link or an image is removed. "
        "Null shows the text",
    )
    button: ShortLine | None = Field(None, description="Label of the button, for kinds of emails that have one")


class EmailTemplateItem(Out):
    """A kind of email, with the languages in which the tenant has a text of its own."""

    kind: str
    audience: Literal["candidate", "user"] = Field(description="Who gets the email")
    subject: str = Field(description="The subject in the language of the tenant")
    own_languages: list[Language]
    variables: list[str]


class EmailTemplateOut(Out):
    """The text of a kind of email in a language."""

    kind: str
    language: Language
    audience: Literal["candidate", "user"] = Field(description="Who gets the email")
    subject: str
    text: str
    html: str | None
    button: str | None
    is_own: bool = Field(description="Whether the tenant wrote it; otherwise it is the shipped text")
    variables: list[str]
    required: list[str] = Field(description="Variables that the text must contain")
    optional: list[str] = Field(description="Variables without a value in some emails: their paragraph is left out")
    version: int = Field(description="Version of the own text; 0 for a kind that never had one")


class EmailTemplateVersionOut(Out):
    """An earlier or the present text of the tenant."""

    version: int
    subject: str
    text: str
    html: str | None
    button: str | None
    is_current: bool
    author_id: UUID | None = Field(description="The user who wrote it; null for API keys")
    created_at: UtcMoment


class EmailTemplateRestore(In):
    """The version to restore; it becomes a new version."""

    version: int = Field(ge=1, strict=True)


class EmailTemplatePreview(In):
    """Texts to try, else the present ones, and whose values to fill in, else invented ones."""

    texts: EmailTexts | None = None
    candidate_id: UUID | None = None
    application_id: UUID | None = None


class EmailPreview(Out):
    """An email as it would be sent."""

    subject: str
    text: str
    html: str


class EmailTemplateQuery(Query):
    """Filters for listing kinds of emails."""

    audience: Literal["candidate", "user"] | None = None
    kind: AnyOf[str] | None = None
    is_own: bool | None = Field(None, description="Only kinds with a text of the tenant, or only others")
