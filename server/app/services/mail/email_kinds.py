"""The kinds of emails: who gets each, and which values its text can use."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from app.services.mail.email_renderer import CUSTOM, NO_TEMPLATES, PLACEHOLDER, REASONS
from app.utils import languages

OWN = re.compile(r"^own\.[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$")  # a template of the tenant, for messages
Audience = Literal["candidate", "user"]
TO_CANDIDATES = (
    "application",
    "outcome",
    "interview",
    "signature",
    "form",
    "form_sent",
    "door",
    "booking",
)  # reasons, as in `REASONS`
# What the emails of a reason know, besides what their shipped text names.
KNOWN: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("application", "outcome", "signature"), ("job", "stage")),
    "interview": ("job", "summary", "about", "when", "where"),
}
REQUIRED: dict[str, tuple[str, ...]] = {  # without them, the reader would not know what to do
    **dict.fromkeys(("interview_invitation", "interview_reminder", "interview_cancelled"), ("when",)),
    "notification": ("line",),
    "notification_digest": ("lines",),
}
OPTIONAL = frozenset({"where", "note", "position"})  # a paragraph of the text without its value is left out
OF_MESSAGES = ("name", "given_name", "job", "company", "sender", "signature")
SAMPLES: dict[str, Any] = {  # as a context, before it is said in a language
    "name": "Ada Lovelace",
    "given_name": "Ada",
    "job": "Data Engineer",
    "stage": "interviews",
    "title": "Data Engineer",
    "summary": "Interview: Data Engineer",
    "note": "Please bring your work permit.",
    "position": "Data Engineer",
    "changes": "The work permit is not readable.",
    "where": "Harbour Street 4, Hamburg",
    "signed_name": "Ada Lovelace",
    "sender": "Rita Recruiter",
    "signature": "Rita Recruiter, Harbour Staffing",
    "author": "Rita Recruiter",
    "hours": 72,
    "at": "2027-03-01 14:30",
    "program": "Firefox on Linux",
    "count": "3",
    "days": "30",
    "search": "Engineers in Hamburg",
    "tenant": "Harbour Staffing",
    "line": "note_mention",
    "kinds": {"note_mention": 2},
    "candidates": "4",
    "jobs": "2",
    "approvals": "1",
    "users": "0",
}


@dataclass(frozen=True, slots=True)
class EmailKind:
    """A kind of email. With `has_button`, its text must have a label for the button that opens its link."""

    name: str
    audience: Audience
    variables: tuple[str, ...]
    required: tuple[str, ...] = ()
    has_button: bool = False
    template: str = ""  # as in `mail_texts`: without the outcome
    outcome: str | None = field(default=None)


@cache
def shipped() -> dict[str, EmailKind]:
    """Return the kinds with a shipped text, by name; those of several outcomes are "TEMPLATE.OUTCOME"."""
    found = {}
    for template, entry in languages.texts("mail_texts/en").items():
        if template in NO_TEMPLATES or template == CUSTOM:
            continue
        for outcome, texts in {None: entry}.items() if "subject" in entry else entry.items():
            name = template if outcome is None else f"{template}.{outcome}"
            found[name] = _kind(name, template, outcome, texts)
    return found


def _kind(name: str, template: str, outcome: str | None, texts: dict[str, str]) -> EmailKind:
    reason = REASONS[template]
    named = PLACEHOLDER.findall(texts["subject"] + texts["text"])
    variables = dict.fromkeys(("name", "company", *named, *KNOWN.get(reason, ())))
    return EmailKind(
        name=name,
        audience="candidate" if reason in TO_CANDIDATES else "user",
        variables=tuple(sorted(variables)),
        required=REQUIRED.get(template, ()),
        has_button="button" in texts,
        template=template,
        outcome=outcome,
    )


def find(name: str) -> EmailKind | None:
    """Return the kind, or None if there is none of this name."""
    if OWN.match(name):
        return EmailKind(name, "candidate", OF_MESSAGES)
    return shipped().get(name)


def name_of(template: str, status: str | None) -> str:
    """Return the name of the kind of a queued email, by its template and the status in its context."""
    return template if template in shipped() or status is None else f"{template}.{status}"
