"""Mail plans: a dry run that shows every mail, then one transaction that queues them all, and an undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateConsent, EmailMessage, EmailThread, Job, MailPlan, MailPlanRecipient
from app.models.candidate_consent import ConsentPurpose
from app.models.email_message import MAX_SUBJECT, Direction, EmailStatus
from app.models.mail_plan import MailPlanStatus
from app.schemas.lists import Page
from app.schemas.mail_plan_schema import (
    MAX_RECIPIENTS,
    MailPlanCreate,
    MailPlanOut,
    MailPlanQuery,
    MailPlanStep,
    PlannedMail,
    PlannedMailQuery,
)
from app.services.applications import application_mails
from app.services.candidates import candidate_consent_service, candidate_search_service
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.mail import email_message_service, mail_rule_service, mail_suppression_service, message_values
from app.services.mail.email_renderer import OwnText
from app.services.messages import message_service
from app.utils import clock, ids, scope
from app.utils.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class _Reached:
    """Whom a plan reaches, and with which values; `refusals` are by candidate."""

    addresses: dict[UUID, str]
    values: dict[UUID, dict[str, Any]]
    refusals: dict[UUID, str]


def list_plans(query: MailPlanQuery) -> Page[MailPlanOut]:
    """List the plans: all for who sees all candidates, else one's own."""
    page = listing.paginate(sa.select(MailPlan).where(*_own()), MailPlan, query)
    return page.model_copy(update={"data": _shown(page.data)})


def get(plan_id: UUID) -> MailPlanOut:
    """Return a plan with its numbers."""
    return _shown([_find(plan_id)])[0]


def mails(plan_id: UUID, query: PlannedMailQuery) -> Page[PlannedMail]:
    """Return the mails of a step as they would be sent now, with the refusals."""
    plan = _find(plan_id)
    if query.step > len(plan.steps):
        raise NotFound("The plan has no such step.")
    statement = sa.select(MailPlanRecipient).where(MailPlanRecipient.plan_id == plan.id)
    if query.is_refused is not None:
        refused = MailPlanRecipient.refusal.is_not(None)
        statement = statement.where(refused if query.is_refused else ~refused)
    page = listing.paginate(statement, MailPlanRecipient, query, within=plan.id)
    reached = _reach(plan, [row.candidate_id for row in page.data])
    own = _texts(plan)[query.step - 1]
    planned = [_planned(row.candidate_id, reached, own) for row in page.data]
    return page.model_copy(update={"data": [each for each in planned if each is not None]})


@use_case
def create(new: MailPlanCreate) -> MailPlanOut:
    """Make a draft; nothing is queued. Invalid if a text has unknown variables."""
    if new.job_id is not None:
        rows.get(Job, new.job_id)
    plan = MailPlan(
        name=new.name,
        status=MailPlanStatus.DRAFT,
        job_id=new.job_id,
        steps=[_frozen(step) for step in new.steps],
        author_id=scope.user_id(),
    )
    db.session.add(plan)
    db.session.flush()  # the recipients refer to it
    wanted = _candidates(new)
    refusals = _reach(plan, wanted).refusals
    db.session.add_all(
        MailPlanRecipient(plan_id=plan.id, candidate_id=each, refusal=refusals.get(each)) for each in wanted
    )
    event_service.record("mail_plan.created", plan, candidates=len(wanted), refused=len(refusals))
    db.session.flush()
    return get(plan.id)


@use_case
def send(plan_id: UUID, if_match: int | None) -> MailPlanOut:
    """Queue all messages of a draft, in one transaction; who cannot be mailed now gets none."""
    _find(plan_id)
    plan = rows.lock_for_update(MailPlan, plan_id, if_match)
    if plan.status is not MailPlanStatus.DRAFT:
        raise Conflict("The plan was sent already.", code="plan_not_draft", current_state=plan.status)
    own = sa.select(MailPlanRecipient).where(MailPlanRecipient.plan_id == plan.id).order_by(MailPlanRecipient.id)
    recipients = db.session.scalars(own).all()
    reached = _reach(plan, [row.candidate_id for row in recipients])
    for row in recipients:
        row.refusal = reached.refusals.get(row.candidate_id)
    able = [row.candidate_id for row in recipients if row.refusal is None]
    plan.status, plan.sent_at = MailPlanStatus.SENT, clock.now()
    _queue(plan, able, reached)
    event_service.record("mail_plan.sent", plan, candidates=len(able), refused=len(recipients) - len(able))
    db.session.flush()
    return get(plan_id)


@use_case
def undo(plan_id: UUID) -> MailPlanOut:
    """Take back all messages of a plan that have not left."""
    _find(plan_id)
    plan = rows.lock_for_update(MailPlan, plan_id)
    if plan.status is not MailPlanStatus.SENT:
        raise Conflict("Only a plan that was sent can be undone.", code="plan_not_sent", current_state=plan.status)
    cancelled = email_message_service.cancel_unsent(EmailMessage.plan_id == plan.id)
    plan.status = MailPlanStatus.UNDONE
    event_service.record("mail_plan.undone", plan, cancelled=cancelled)
    db.session.flush()
    return get(plan_id)


def _queue(plan: MailPlan, able: Sequence[UUID], reached: _Reached) -> None:
    """Add a thread for each candidate, and a message for each of its steps."""
    texts, messages = _texts(plan), []
    first = mail_rule_service.after_hold()
    dues = [first + timedelta(days=days) for days in accumulate(step["delay_days"] for step in plan.steps)]
    for candidate_id in able:
        filled = [message_service.fill(own, reached.values[candidate_id]) for own in texts]
        thread = EmailThread(id=ids.new_id(), candidate_id=candidate_id, user_id=plan.author_id)
        thread.subject, thread.last_direction = filled[0][0][:MAX_SUBJECT], Direction.OUT
        thread.last_message_at = clock.now()
        db.session.add(thread)
        for texts_of_step, due in zip(filled, dues, strict=True):
            message = message_service.in_thread(thread, reached.addresses[candidate_id], texts_of_step, due)
            message.plan_id, message.author_id = plan.id, plan.author_id
            messages.append(message)
    db.session.flush()  # the messages refer to the threads
    email_message_service.put_in_queue(messages)


def _candidates(new: MailPlanCreate) -> list[UUID]:
    """Return the candidates of the request; NotFound unless the actor sees all that it names."""
    if new.query is not None:
        return list(candidate_search_service.matching(new.query, new.query.q, MAX_RECIPIENTS))
    wanted = list(dict.fromkeys(new.candidate_ids or []))
    visible = set(db.session.scalars(sa.select(Candidate.id).where(Candidate.id.in_(wanted))))
    if len(visible) != len(wanted):
        raise NotFound("There is no such candidate.")
    return wanted


def _reach(plan: MailPlan, candidate_ids: Sequence[UUID]) -> _Reached:
    """Return how these candidates are reached now, in a constant number of statements."""
    values = message_values.of_candidates(candidate_ids, plan.job_id)
    addresses = application_mails.first_addresses(candidate_ids)
    suppressed = mail_suppression_service.reasons(list(addresses.values()))
    without_consent = _without_consent(candidate_ids)
    texts, refusals = _texts(plan), {}
    for each in candidate_ids:
        if each not in addresses:
            refusals[each] = "no_address"
        elif addresses[each].lower() in suppressed:
            refusals[each] = "address_suppressed"
        elif each in without_consent:
            refusals[each] = "no_consent"
        elif each not in values or any(message_service.missing(own, values[each]) for own in texts):
            refusals[each] = "missing_value"
    return _Reached(addresses, values, refusals)


def _without_consent(candidate_ids: Sequence[UUID]) -> set[UUID]:
    """Return those who withdrew their consent to recruiting, or let it expire, and gave none since."""
    is_valid = sa.case((candidate_consent_service.valid(), 1), else_=0)
    given = sa.select(CandidateConsent.candidate_id).where(
        CandidateConsent.candidate_id.in_(candidate_ids), CandidateConsent.purpose == ConsentPurpose.RECRUITING
    )
    none_valid = sa.func.max(is_valid) == 0
    return set(db.session.scalars(given.group_by(CandidateConsent.candidate_id).having(none_valid)))


def _frozen(step: MailPlanStep) -> dict[str, Any]:
    """Return a step with its text as it is now: what was looked at is sent, whatever becomes of the template."""
    own = message_service.text_of(step)
    names = {"template": step.template, "html": own.html}
    return {
        "subject": own.subject,
        "text": own.text,
        "delay_days": step.delay_days,
        **{name: value for name, value in names.items() if value is not None},
    }


def _texts(plan: MailPlan) -> list[OwnText]:
    return [OwnText(step["subject"], step["text"], step.get("html")) for step in plan.steps]


def _planned(candidate_id: UUID, reached: _Reached, own: OwnText) -> PlannedMail | None:
    values = reached.values.get(candidate_id)
    if values is None:  # the actor does not see the candidate any more
        return None
    refusal = reached.refusals.get(candidate_id)
    subject, text, _ = (None, None, None) if refusal else message_service.fill(own, values)
    return PlannedMail(
        candidate_id=candidate_id,
        candidate_name=values["name"],
        recipient=reached.addresses.get(candidate_id),
        refusal=refusal,
        subject=subject,
        text=text,
    )


def _own() -> list[Any]:
    """Return the conditions for the plans that the actor sees."""
    if scope.actor().visibility is None:
        return []
    # Keys are no users: those that are restricted would share what has no author.
    return [MailPlan.author_id == scope.user_id()] if scope.user_id() else [sa.false()]


def _find(plan_id: UUID) -> MailPlan:
    found: MailPlan | None = db.session.scalars(
        sa.select(MailPlan).where(MailPlan.id == plan_id, *_own())
    ).one_or_none()
    if found is None:
        raise rows.not_found(MailPlan)
    return found


def _shown(plans: Sequence[MailPlan]) -> list[MailPlanOut]:
    """Return plans with their numbers, in two statements."""
    plan_ids = [plan.id for plan in plans]
    refused = MailPlanRecipient.refusal.is_not(None)
    columns = (MailPlanRecipient.plan_id, refused.label("is_refused"), sa.func.count().label("number"))
    with scope.unrestricted("the numbers of a plan are those of its author"):
        counted = sa.select(*columns).where(MailPlanRecipient.plan_id.in_(plan_ids))
        people = {
            (row.plan_id, bool(row.is_refused)): row.number
            for row in db.session.execute(counted.group_by(MailPlanRecipient.plan_id, refused))
        }
        by_status = sa.select(EmailMessage.plan_id, EmailMessage.status, sa.func.count().label("number"))
        grouped = by_status.where(EmailMessage.plan_id.in_(plan_ids)).group_by(
            EmailMessage.plan_id, EmailMessage.status
        )
        sent = {(row.plan_id, row.status): row.number for row in db.session.execute(grouped)}
    return [
        MailPlanOut(
            **rows.columns_of(plan),
            recipients=people.get((plan.id, False), 0),
            refused=people.get((plan.id, True), 0),
            queued=sent.get((plan.id, EmailStatus.QUEUED), 0),
            delivered=sum(sent.get((plan.id, each), 0) for each in (EmailStatus.SENT, EmailStatus.BOUNCED)),
            cancelled=sent.get((plan.id, EmailStatus.CANCELLED), 0),
        )
        for plan in plans
    ]
