"""Mail rules: event to template, delay, on or off; and the hold of every email to a candidate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.extensions import db
from app.models import MailRule
from app.models.mail_rule import MailTrigger
from app.schemas.lists import Page
from app.schemas.mail_rule_schema import MailRuleIn, MailRuleOut
from app.schemas.tenant_settings_schema import TenantSettings
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.mail import email_template_service
from app.services.mail.mail_transport import mail_transport
from app.services.settings import tenant_settings_service
from app.utils import clock
from app.utils.errors import Invalid, NotFound

# Mailed as late as rejections are, so that an undo or a further step takes them back.
SLOW = (MailTrigger.APPLICATION_MOVED, MailTrigger.APPLICATION_REJECTED)
# The others have a time, a place or a link, which a template for messages does not know.
WITH_TEMPLATE = (MailTrigger.APPLICATION_MOVED, MailTrigger.APPLICATION_REJECTED, MailTrigger.APPLICATION_HIRED)
# They answer what the candidate has just done, or come at a time of their own: there is nothing to take back.
AT_ONCE = (
    MailTrigger.APPLICATION_RECEIVED,
    MailTrigger.INTERVIEW_REMINDER,
    MailTrigger.CANDIDATE_INVITATION_REMINDER,
)


@dataclass(frozen=True, slots=True)
class Sending:
    """When an email to a candidate is due, and the tenant's template for it, if there is one."""

    due_at: datetime
    template: str | None = None


def list_rules() -> Page[MailRuleOut]:
    """Return the rule of each event, also of those that are mailed as usual."""
    settings = tenant_settings_service.current()
    own = {row.trigger: row for row in db.session.scalars(sa.select(MailRule))}
    return listing.single_page(_out(trigger, own.get(trigger), settings) for trigger in MailTrigger)


@use_case
def put(name: str, rule: MailRuleIn) -> MailRuleOut:
    """Set the rule of an event; NotFound if there is no such event, Invalid if there is no such template."""
    trigger = _trigger(name)
    check_template(rule.template)
    if rule.template is not None and trigger not in WITH_TEMPLATE:
        detail = "is possible only for: " + ", ".join(WITH_TEMPLATE)
        wrong = {"pointer": "/template", "code": "no_template_here", "detail": detail}
        raise Invalid(
            "Change the text of this email instead: it has a time or a link.", code="no_template_here", errors=[wrong]
        )
    row = _locked(trigger)
    if row is None:
        row = MailRule(trigger=trigger)
        db.session.add(row)
    else:
        row.version += 1
    rows.apply_changes(row, rule.model_dump())
    db.session.flush()  # the event needs the id
    event_service.record("mail_rule.changed", row, trigger=trigger, is_on=rule.is_on)
    return _out(trigger, row, tenant_settings_service.current())


@use_case
def reset(name: str) -> None:
    """Mail of an event as usual again; NotFound if there is no such event."""
    trigger = _trigger(name)
    row = _locked(trigger)
    if row is not None:
        event_service.record("mail_rule.reset", row, trigger=trigger)
        db.session.delete(row)


def check_template(name: str | None) -> None:
    """Invalid unless this is one of the tenant's own templates, or None."""
    if name is not None and not email_template_service.exists(name):
        wrong = {"pointer": "/template", "code": "unknown_template", "detail": "is not one of your templates"}
        raise Invalid("There is no such template.", code="unknown_template", errors=[wrong])


def sending(trigger: MailTrigger) -> Sending | None:
    """Return how the bound tenant mails candidates of an event now; None if it does not."""
    settings = tenant_settings_service.current()
    row = db.session.scalars(sa.select(MailRule).where(MailRule.trigger == trigger)).one_or_none()
    if not settings.candidate_mails or (row is not None and not row.is_on):
        return None
    delay = row.delay_minutes if row is not None and row.delay_minutes is not None else _usual(trigger, settings)
    wait = delay if trigger in AT_ONCE else max(delay, hold_minutes(settings))
    return Sending(clock.now() + timedelta(minutes=wait), row.template if row else None)


def after_hold(minutes: int = 0) -> datetime:
    """Return when an email to a candidate is due at the earliest, or `minutes` from now if that is later."""
    wait = max(minutes, hold_minutes(tenant_settings_service.current()))
    return clock.now() + timedelta(minutes=wait)


def hold_minutes(settings: TenantSettings) -> int:
    """Return how long emails to candidates can be taken back."""
    own = settings.mail_hold_minutes
    return mail_transport.hold_minutes if own is None else own


def _trigger(name: str) -> MailTrigger:
    try:
        return MailTrigger(name.replace("-", "_"))
    except ValueError as error:
        raise NotFound("There is no such event.") from error


def _locked(trigger: MailTrigger) -> MailRule | None:
    found: MailRule | None = db.session.scalars(
        sa.select(MailRule).where(MailRule.trigger == trigger).with_for_update()
    ).one_or_none()
    return found


def _usual(trigger: MailTrigger, settings: TenantSettings) -> int:
    if trigger in AT_ONCE:
        return 0
    return settings.rejection_delay_hours * 60 if trigger in SLOW else hold_minutes(settings)


def _out(trigger: MailTrigger, row: MailRule | None, settings: TenantSettings) -> MailRuleOut:
    return MailRuleOut(
        trigger=trigger,
        is_on=row is None or row.is_on,
        delay_minutes=row.delay_minutes if row else None,
        template=row.template if row else None,
        usual_delay_minutes=_usual(trigger, settings),
    )
