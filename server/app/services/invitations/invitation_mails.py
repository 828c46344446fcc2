"""Emails about invitations, and the notification of who invited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from app.extensions import db
from app.models import CandidateInvitation, EmailMessage, Job
from app.models.email_message import EmailStatus
from app.models.mail_rule import MailTrigger
from app.models.notification import NotificationKind
from app.services.access import active_users
from app.services.mail import candidate_links, email_message_service, mail_rule_service, message_values
from app.services.mail.candidate_links import Purpose
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About, Notice
from app.utils import clock, scope
from app.utils.addresses import addresses

RECEIPT = "candidate_invitation_received"


def mail_invitation(invitations: Sequence[CandidateInvitation]) -> None:
    """Queue the email with the link, instead of an earlier one that has not left."""
    take_mails_back(invitations)
    for invitation in invitations:
        _queue("candidate_invitation", invitation, mail_rule_service.after_hold())


def mail_requested_changes(invitations: Sequence[CandidateInvitation]) -> None:
    """Queue the email that says what to change."""
    for invitation in invitations:
        _queue("candidate_invitation_changes", invitation, mail_rule_service.after_hold())


def confirm_receipt(invitations: Sequence[CandidateInvitation]) -> None:
    """Queue the email that says that the form has arrived."""
    for invitation in invitations:
        _queue(RECEIPT, invitation, clock.now())


def remind(invitation: CandidateInvitation) -> None:
    """Queue the reminder that the link expires soon, unless the tenant has turned it off."""
    trigger = MailTrigger.CANDIDATE_INVITATION_REMINDER
    if (sending := mail_rule_service.sending(trigger)) is not None:
        _queue(trigger, invitation, sending.due_at)


def take_mails_back(invitations: Sequence[CandidateInvitation]) -> None:
    """Cancel the emails that have not left: the links in them are no longer valid."""
    ids = [invitation.id for invitation in invitations]
    email_message_service.cancel_unsent(EmailMessage.invitation_id.in_(ids))


def notify_inviter(invitations: Sequence[CandidateInvitation]) -> None:
    """Notify the users who invited that the form was submitted."""
    owners = {user.id: user for user in active_users.among([each.owner_id for each in invitations if each.owner_id])}
    notification_service.notify_all(
        [
            Notice(
                owners[each.owner_id],
                NotificationKind.INVITATION_SUBMITTED,
                f"invitation_submitted:{each.id}:{each.version}",
                {"link": f"{addresses.app}/candidate-invitations/{each.id}"},
                About(each, each.candidate_id, each.job_id),
            )
            for each in invitations
            if each.owner_id in owners
        ]
    )


def _queue(template: str, invitation: CandidateInvitation, due_at: datetime) -> None:
    db.session.flush()  # the email refers to the invitation
    name = invitation.name or invitation.form.get("name")
    link = candidate_links.link_context(Purpose.INVITATION, invitation.id, invitation.revision)
    job = db.session.scalar(sa.select(Job.title).where(Job.id == invitation.job_id)) if invitation.job_id else None
    with scope.unrestricted("an invitation reaches its candidate, whoever sends it"):
        message = EmailMessage(
            delivery_key=f"{template}:{invitation.id}:{invitation.version}:{invitation.revision}",
            template=template,
            recipient=invitation.email,
            context={
                **message_values.sender(),
                **(link if template != RECEIPT else {}),
                "name": name or invitation.email,
                "position": job,
                "note": invitation.note,
                "changes": invitation.status_reason,
                "hours": invitation.hours,
                "locale": invitation.language,
            },
            candidate_id=invitation.candidate_id,
            invitation_id=invitation.id,
            author_id=scope.user_id(),
            due_at=due_at,
            status=EmailStatus.QUEUED,
        )
        email_message_service.put_in_queue([message])
