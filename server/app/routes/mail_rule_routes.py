"""Mail rules."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.lists import Page
from app.schemas.mail_rule_schema import MailRuleIn, MailRuleOut
from app.services.mail import mail_rule_service

bp = Blueprint("mail_rules", __name__, url_prefix="/mail-rules")


@bp.get("")
@endpoint("email_messages.read", out=Page[MailRuleOut])
def list_rules():
    """List the rules by which candidates are mailed of events."""
    return mail_rule_service.list_rules()


@bp.put("/<string:trigger>")
@endpoint("email_templates.update", out=MailRuleOut)
def put(trigger: str, body: MailRuleIn):
    """Set whether, when and with which text candidates are mailed of an event."""
    return mail_rule_service.put(trigger, body)


@bp.delete("/<string:trigger>")
@endpoint("email_templates.update", status=204)
def reset(trigger: str):
    """Mail of an event as usual again."""
    mail_rule_service.reset(trigger)
