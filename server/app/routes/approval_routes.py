"""Approvals and the decisions of approvers."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.approval_schema import (
    ApprovalAction,
    ApprovalDelegation,
    ApprovalItem,
    ApprovalOut,
    ApprovalQuery,
    ApprovalSkip,
)
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.schemas.state_schema import ActionsQuery
from app.services.approvals import approval_service

bp = Blueprint("approvals", __name__, url_prefix="/approvals")


@bp.get("")
@endpoint("approvals.read", out=Page[ApprovalItem])
def list_approvals(query: ApprovalQuery):
    """List approvals.

    With `waits_for_me`, only those that await your decision.
    """
    return approval_service.list_approvals(query)


@bp.get("/<uuid:approval_id>")
@endpoint("approvals.read", out=ApprovalOut)
def get(approval_id: UUID, query: ActionsQuery):
    """Get an approval with its approvers and their decisions."""
    return approval_service.show(approval_id, query)


@bp.post("/<uuid:approval_id>/approve")
@endpoint("approvals.decide", out=ApprovalOut)
def approve(approval_id: UUID, body: ApprovalAction, if_match: IfMatch):
    """Approve as one of the approvers.

    When the quorum is reached, the next group is asked.
    """
    return approval_service.approve(approval_id, body, if_match)


@bp.post("/<uuid:approval_id>/reject")
@endpoint("approvals.decide", out=ApprovalOut)
def reject(approval_id: UUID, body: ApprovalAction, if_match: IfMatch):
    """Reject with a reason.

    A single rejection decides the approval.
    """
    return approval_service.reject(approval_id, body, if_match)


@bp.post("/<uuid:approval_id>/delegate")
@endpoint("approvals.decide", out=ApprovalOut)
def delegate(approval_id: UUID, body: ApprovalDelegation, if_match: IfMatch):
    """Delegate your decision to another user."""
    return approval_service.delegate(approval_id, body, if_match)


@bp.post("/<uuid:approval_id>/skip")
@endpoint("approvals.force", out=ApprovalOut)
def skip(approval_id: UUID, body: ApprovalSkip, if_match: IfMatch):
    """Skip an approver of the current group."""
    return approval_service.skip(approval_id, body, if_match)


@bp.post("/<uuid:approval_id>/force")
@endpoint("approvals.force", out=ApprovalOut)
def force(approval_id: UUID, body: ApprovalAction, if_match: IfMatch):
    """Force an approval without its approvers, with a reason."""
    return approval_service.force(approval_id, body, if_match)
