"""Emails to candidates about their applications, for many at once in a constant number of statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Candidate, CandidateContact, Job, JobStage
from app.models.candidate_contact import ContactKind
from app.models.job_stage import StageKind
from app.models.mail_rule import MailTrigger
from app.services.applications import application_form_service, stage_history_service
from app.services.mail import email_message_service, mail_rule_service, message_values
from app.services.mail.email_message_service import NewMail
from app.services.mail.email_renderer import CUSTOM
from app.services.mail.mail_rule_service import Sending
from app.services.settings import tenant_settings_service
from app.utils import clock, scope

MOVED = "application_moved"
# What candidates read, in `mail_texts`. Names of stages are notes of recruiters ("Shortlist B", "Client to decide").
STAGES = {
    StageKind.LEAD: "review",
    StageKind.APPLIED: "review",
    StageKind.SCREEN: "screening",
    StageKind.INTERVIEW: "interviews",
    StageKind.OFFER: "offer",
    StageKind.HIRED: "hire",
}


def queue(template: str, applications: Sequence[Application], **more: Any) -> None:
    """Queue a mail of an event to each candidate with an address, once per version, as the tenant's rule says."""
    if applications and (found := mail_rule_service.sending(MailTrigger(template))) is not None:
        _queue(template, applications, found, more)


def queue_note(applications: Sequence[Application], template: str | None, minutes: int, **more: Any) -> None:
    """Queue a mail that a stage sends by itself, if the tenant enables candidate mails."""
    if tenant_settings_service.current().candidate_mails:
        _queue(CUSTOM, applications, Sending(mail_rule_service.after_hold(minutes), template), more)


def queue_always(template: str, applications: Sequence[Application], at_once: bool = False, **more: Any) -> int:
    """Queue mails that do not depend on the tenant's settings, such as offers, and return their number."""
    due_at = clock.now() if at_once else mail_rule_service.after_hold()
    return _queue(template, applications, Sending(due_at), more)


def queue_move(applications: Sequence[Application]) -> None:
    """Mail the candidates who are told of their new stage.

    They are told if the stage says so and they read another word for it than for the one before. A mail about a stage
    that they have left meanwhile is cancelled.
    """
    stages = stage_history_service.last_two_stages(applications)
    moved = [each for each in applications if len({_word(stage) for stage in stages[each.id]}) > 1]
    cancel(MOVED, moved)
    queue(MOVED, [each for each in moved if stages[each.id][-1].mails_candidate])


def _word(stage: Any) -> tuple[str | None, str]:
    """Return what candidates read about a stage: its public name, or else the text with this key in `mail_texts`."""
    return stage.public_name, "" if stage.public_name else STAGES[stage.kind]


def cancel(template: str, applications: Sequence[Application]) -> set[str]:
    """Cancel unsent mails about these applications, and return their keys."""
    return email_message_service.cancel_queued(template, {each.id: each.candidate_id for each in applications})


def addresses(applications: Mapping[UUID, UUID]) -> dict[UUID, str]:
    """Return for each application (of a candidate) the address that it came from, else the candidate's first."""
    first = first_addresses(set(applications.values()))
    typed = application_form_service.addresses(list(applications))
    found = {application: typed.get(application) or first.get(who) for application, who in applications.items()}
    return {application: address for application, address in found.items() if address}


def first_addresses(candidate_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the first address of each candidate who has one."""
    wanted = sa.select(CandidateContact.candidate_id, CandidateContact.value).where(
        CandidateContact.candidate_id.in_(candidate_ids), CandidateContact.kind == ContactKind.EMAIL
    )
    first: dict[UUID, str] = {}
    for candidate_id, value in db.session.execute(
        wanted.order_by(CandidateContact.candidate_id, CandidateContact.position, CandidateContact.id)
    ):
        first.setdefault(candidate_id, value)
    return first


def _queue(template: str, applications: Sequence[Application], sending: Sending, more: dict[str, Any]) -> int:
    """Queue a mail for each application with an email address, and return their number."""
    if not applications:
        return 0
    db.session.flush()  # the names are read with a statement that does not see pending changes
    with scope.unrestricted("a mail reaches its candidate, whoever causes it"):
        emails = addresses({each.id: each.candidate_id for each in applications})
        names = _names([each.id for each in applications])
    own = {"own": sending.template, **message_values.sender()} if sending.template else {}
    # `cancel_queued` finds the mails of an application by the second part of the key.
    # With the version in it, an application that is rejected again gets another mail.
    mails = [
        NewMail(
            template,
            emails[each.id],
            f"{template}:{each.id}:{each.version}" + (f":{more['key']}" if "key" in more else ""),
            {**names[each.id], **own, **more.get("context", {})},
            each.candidate_id,
            sending.due_at,
        )
        for each in applications
        if each.id in emails
    ]
    email_message_service.queue_all(mails)
    return len(mails)


def _names(application_ids: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    """Return candidate, job and stage in words for candidates, as the templates use them."""
    columns = (
        Application.id,
        Candidate.name,
        Candidate.given_name,
        Job.title.label("job"),
        JobStage.kind,
        JobStage.public_name,
    )
    statement = (
        sa.select(*columns)
        .select_from(Application)
        .join(
            Candidate, sa.and_(Candidate.tenant_id == Application.tenant_id, Candidate.id == Application.candidate_id)
        )
        .join(Job, sa.and_(Job.tenant_id == Application.tenant_id, Job.id == Application.job_id))
        .join(JobStage, sa.and_(JobStage.tenant_id == Application.tenant_id, JobStage.id == Application.stage_id))
        .where(Application.id.in_(application_ids))
    )
    return {
        row.id: {
            "name": row.name,
            "given_name": message_values.given_name(row.name, row.given_name),
            "job": row.job,
            "stage": STAGES[row.kind],
            "public_name": row.public_name,
        }
        for row in db.session.execute(statement)
    }
