"""Mail plans."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.schemas.mail_plan_schema import MailPlanCreate, MailPlanOut, MailPlanQuery, PlannedMail, PlannedMailQuery
from app.services.messages import mail_plan_service

bp = Blueprint("mail_plans", __name__, url_prefix="/mail-plans")


@bp.get("")
@endpoint("email_messages.read", out=Page[MailPlanOut])
def list_plans(query: MailPlanQuery):
    """List mail plans."""
    return mail_plan_service.list_plans(query)


@bp.post("")
@endpoint("email_messages.send", out=MailPlanOut, status=201)
def create(body: MailPlanCreate):
    """Plan messages to up to 1 000 candidates.

    The plan is a dry run: `/mail-plans/{id}/mails` shows every mail, and why some candidates get none.
    """
    return mail_plan_service.create(body)


@bp.get("/<uuid:mail_plan_id>")
@endpoint("email_messages.read", out=MailPlanOut)
def get(mail_plan_id: UUID):
    """Get a mail plan with its numbers."""
    return mail_plan_service.get(mail_plan_id)


@bp.get("/<uuid:mail_plan_id>/mails")
@endpoint("email_messages.read", out=Page[PlannedMail])
def mails(mail_plan_id: UUID, query: PlannedMailQuery):
    """List the mails of a plan as they would be sent now, and the refusals."""
    return mail_plan_service.mails(mail_plan_id, query)


@bp.post("/<uuid:mail_plan_id>/send")
@endpoint("email_messages.send", out=MailPlanOut, idempotency_key="required")
def send(mail_plan_id: UUID, if_match: IfMatch):
    """Send a mail plan.

    Its messages wait for the hold, in which `undo` takes all of them back. An answer ends the steps for that candidate.
    """
    return mail_plan_service.send(mail_plan_id, if_match)


@bp.post("/<uuid:mail_plan_id>/undo")
@endpoint("email_messages.send", out=MailPlanOut)
def undo(mail_plan_id: UUID):
    """Take back all messages of a plan that have not left."""
    return mail_plan_service.undo(mail_plan_id)
