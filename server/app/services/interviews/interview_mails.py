"""Emails about interviews to candidates and interviewers, with calendar attachments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Candidate, Interview, InterviewBooking, Job, Tenant, User
from app.models.mail_rule import MailTrigger
from app.models.notification import NotificationKind
from app.services.access import active_users
from app.services.applications import application_mails
from app.services.interviews import interview_panel
from app.services.mail import (
    candidate_links,
    email_message_service,
    mail_rule_service,
    mail_suppression_service,
    message_values,
)
from app.services.mail.candidate_links import Purpose
from app.services.mail.email_message_service import NewMail
from app.services.mail.email_renderer import phrase
from app.services.mail.mail_rule_service import Sending
from app.services.mail.mail_transport import mail_transport
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About, Notice
from app.services.settings import tenant_settings_service
from app.utils import clock, scope
from app.utils.addresses import addresses
from app.utils.calendar_invite import Invite, to_text
from app.utils.errors import Conflict

BOOKING = "interview_booking"
CANDIDATE = "candidate"  # the key of a receiver who is not a user


@dataclass(frozen=True, slots=True)
class _Names:
    """What the mails about an interview name, and the locale of the tenant."""

    candidate: str
    job: str
    locale: str
    candidate_locale: str | None = None


@dataclass(frozen=True, slots=True)
class _Receiver:
    """A recipient, and the title of the meeting and what it is about in a sentence, in their language."""

    key: str
    address: str
    name: str
    locale: str
    summary: str
    about: str


def send_invitations(interviews: Sequence[Interview]) -> None:
    """Invite everyone, or send them the new time instead of the old one where that was not sent yet."""
    for interview in interviews:
        _take_back(interview)
        _send("interview_invitation", interview)
        _notify(interview, NotificationKind.INTERVIEW_SCHEDULED, interview_panel.users(interview.id))


def send_cancellations(interviews: Sequence[Interview]) -> None:
    """Send the cancellation to everyone who was invited."""
    for interview in interviews:
        was_held = _take_back(interview)
        # Whose only invitations were taken back has heard of no interview.
        never = was_held and not email_message_service.was_sent("interview_invitation", interview.id, CANDIDATE)
        interview.sequence += 1  # calendars may ignore a cancellation that is not newer
        _send("interview_cancelled", interview, is_cancelled=True, without=frozenset({CANDIDATE} if never else ()))


def _take_back(interview: Interview) -> bool:
    """Cancel the candidate's invitations that were not sent yet, and return whether there were any."""
    about = {interview.id: interview.candidate_id}
    return bool(email_message_service.cancel_queued("interview_invitation", about, CANDIDATE))


def ask_to_book(interview: Interview, booking: InterviewBooking, note: str | None) -> None:
    """Queue the email with which the candidate chooses the time, instead of an earlier one that has not left."""
    take_booking_back([interview])
    names = _names(interview)
    with scope.unrestricted("a mail reaches its candidate, whoever causes it"):
        found = application_mails.addresses({interview.application_id: interview.candidate_id})
    context = {
        **candidate_links.link_context(Purpose.BOOKING, booking.id, booking.revision),
        "name": names.candidate,
        "job": names.job,
        "about": phrase(names.candidate_locale or names.locale, "about_candidate", job=names.job),
        "note": note,
    }
    for address in found.values():
        key = f"{BOOKING}:{interview.id}:{booking.revision}"
        due_at = mail_rule_service.after_hold()
        email_message_service.queue(
            BOOKING, address, key=key, context=context, candidate_id=interview.candidate_id, due_at=due_at
        )


def check_candidate_address(interview: Interview) -> None:
    """Conflict if the candidate cannot be mailed."""
    with scope.unrestricted("a mail reaches its candidate, whoever causes it"):
        found = application_mails.addresses({interview.application_id: interview.candidate_id})
    if not found:
        raise Conflict("The candidate has no email address.", code="no_address")
    if mail_suppression_service.reasons(list(found.values())):
        raise Conflict("This address gets no emails any more.", code="address_suppressed")


def take_booking_back(interviews: Sequence[Interview]) -> None:
    """Cancel the emails with booking links that have not left."""
    email_message_service.cancel_queued(BOOKING, {each.id: each.candidate_id for each in interviews})


def ask_for_feedback(interviews: Sequence[Interview]) -> None:
    """Ask the interviewers without a submitted scorecard for one."""
    for interview in interviews:
        panel = interview_panel.panels([interview.id]).get(interview.id, [])
        missing = {each.user_id for each in panel if not each.has_submitted}
        link = {"link": f"{addresses.app}/interviews/{interview.id}"}
        # The keys are those of users, so that the candidate gets no such mail.
        _send("feedback_asked", interview, only=frozenset(map(str, missing)), more=link)
        _notify(interview, NotificationKind.FEEDBACK_ASKED, active_users.among(missing))


def _notify(interview: Interview, kind: NotificationKind, users: Sequence[User]) -> None:
    """Notify the panel beside the mails that it gets for its calendars."""
    key = f"{kind}:{interview.id}:{interview.sequence}"
    job_id = db.session.scalar(sa.select(Application.job_id).where(Application.id == interview.application_id))
    about = About(interview, interview.candidate_id, job_id)
    context = {"link": f"{addresses.app}/interviews/{interview.id}"}
    notification_service.notify_all([Notice(user, kind, key, context, about) for user in users])


def remind(interview: Interview) -> None:
    """Remind everyone of an interview that is soon."""
    _send("interview_reminder", interview)


def withdraw(interview: Interview, users: Sequence[Any]) -> None:
    """Cancel the interview for users who are no longer on the panel."""
    names = _names(interview)
    receivers = [_panelist(user, names) for user in users]
    email_message_service.queue_all([_mail("interview_cancelled", interview, each, names, True) for each in receivers])


def _send(
    template: str,
    interview: Interview,
    is_cancelled: bool = False,
    only: frozenset[str] | None = None,
    without: frozenset[str] = frozenset(),
    more: dict[str, Any] | None = None,
) -> None:
    """Queue the mail to the panel, and to the candidate if the tenant and the interview allow it."""
    names = _names(interview)
    receivers = [_panelist(user, names) for user in interview_panel.users(interview.id)]
    sending = mail_rule_service.sending(MailTrigger(template)) if template in set(MailTrigger) else None
    if sending is not None and scope.actor().kind == CANDIDATE:  # it answers what they have just done
        sending = replace(sending, due_at=clock.now())
    if interview.invites_candidate and sending is not None:
        with scope.unrestricted("a mail reaches its candidate, whoever causes it"):
            found = application_mails.addresses({interview.application_id: interview.candidate_id})
        locale = names.candidate_locale or names.locale
        receivers += [
            _Receiver(CANDIDATE, address, names.candidate, locale, *_titles("candidate", names, locale))
            for address in found.values()
        ]
    chosen = [each for each in receivers if (only is None or each.key in only) and each.key not in without]
    mails = [_mail(template, interview, each, names, is_cancelled, more or {}, sending) for each in chosen]
    email_message_service.queue_all(mails)


def _panelist(user: Any, names: _Names) -> _Receiver:
    locale = user.locale or names.locale
    return _Receiver(str(user.id), user.email, user.name, locale, *_titles("panel", names, locale))


def _titles(reader: str, names: _Names, locale: str) -> tuple[str, str]:
    """Return the title of the meeting for a reader, and what it is about in a sentence."""
    known = {"candidate": names.candidate, "job": names.job}
    return phrase(locale, f"meeting_of_{reader}", **known), phrase(locale, f"about_{reader}", **known)


def _mail(
    template: str,
    interview: Interview,
    to: _Receiver,
    names: _Names,
    is_cancelled: bool,
    more: dict[str, Any] | None = None,
    sending: Sending | None = None,
) -> NewMail:
    context = {
        "name": to.name,
        "summary": to.summary,
        "about": to.about,
        "job": names.job,
        "locale": to.locale,
        "when": _when(interview, to.locale),
        "where": interview.location,
        "meeting_url": interview.meeting_url,
        "is_changed": template == "interview_invitation" and interview.sequence > 0,
        **(more or {}),
    }
    if template != "feedback_asked":  # the meeting is over
        context["calendar"] = _calendar(interview, to, is_cancelled)
    # Each revision is mailed once to each recipient, however often it is queued.
    key = f"{template}:{interview.id}:{interview.sequence}:{to.key}"
    rule = sending if to.key == CANDIDATE else None
    due_at, is_internal = rule.due_at if rule else clock.now(), to.key != CANDIDATE
    return NewMail(template, to.address, key, context, interview.candidate_id, due_at, is_internal)


def _calendar(interview: Interview, to: _Receiver, is_cancelled: bool) -> dict[str, str]:
    assert interview.starts_at is not None and interview.ends_at is not None
    invite = Invite(
        uid=f"{interview.id}@{mail_transport.domain}",
        sequence=interview.sequence,
        starts_at=interview.starts_at,
        ends_at=interview.ends_at,
        stamped_at=clock.now(),
        summary=to.summary,
        organizer=tenant_settings_service.current().reply_to or mail_transport.address,
        attendee=to.address,
        location=interview.location,
        url=interview.meeting_url,
        is_cancelled=is_cancelled,
    )
    return {"method": invite.method, "text": to_text(invite)}


def _when(interview: Interview, locale: str) -> str:
    """Return start and end in the interview's time zone: "Monday, March 1, 2027, 2:30 PM to 3:15 PM (Etc/UTC)"."""
    assert interview.starts_at is not None and interview.ends_at is not None
    return message_values.span(interview.starts_at, interview.ends_at, interview.zone, locale)


def _names(interview: Interview) -> _Names:
    statement = (
        sa.select(
            Candidate.name.label("candidate"), Job.title.label("job"), Tenant.locale, Candidate.preferred_language
        )
        .select_from(Application)
        .join(
            Candidate, sa.and_(Candidate.tenant_id == Application.tenant_id, Candidate.id == Application.candidate_id)
        )
        .join(Job, sa.and_(Job.tenant_id == Application.tenant_id, Job.id == Application.job_id))
        .join(Tenant, Tenant.id == Application.tenant_id)
        .where(Application.id == interview.application_id)
    )
    with scope.unrestricted("a mail names its candidate, whoever causes it"):
        found = db.session.execute(statement).one()
    return _Names(found.candidate, found.job, found.locale, found.preferred_language)
