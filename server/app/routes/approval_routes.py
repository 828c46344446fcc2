"""Approvals and what approvers say."""

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
from app.schemas.common import IfMatch, Page
from app.schemas.state_schema import ActionsQuery
from app.services.approvals import approval_service

bp = Blueprint("approvals", __name__, url_prefix="/approvals")


@bp.get("")
@endpoint("approvals.read", out=Page[ApprovalItem])
def list_approvals(query: ApprovalQuery):
    """List approvals, on wish those that wait for one's own word."""
    return approval_service.list_approvals(query)


@bp.get("/<uuid:approval_id>")
@endpoint("approvals.read", out=ApprovalOut)
def get(approval_id: UUID, query: ActionsQuery):
    """One approval with who is asked and who has said what."""
    return approval_service.show(approval_id, query)


@bp.post("/<uuid:approval_id>/approve")
@endpoint("approvals.decide", out=ApprovalOut)
def approve(approval_id: UUID, body: ApprovalAction, if_match: IfMatch):
    """Say yes; the next group is asked once the quorum is reached."""
    return approval_service.approve(approval_id, body, if_match)


@bp.post("/<uuid:approval_id>/reject")
@endpoint("approvals.decide", out=ApprovalOut)
def reject(approval_id: UUID, body: ApprovalAction, if_match: IfMatch):
    """Say no with a reason, which settles it."""
    return approval_service.reject(approval_id, body, if_match)


@bp.post("/<uuid:approval_id>/delegate")
@endpoint("approvals.decide", out=ApprovalOut)
def delegate(approval_id: UUID, body: ApprovalDelegation, if_match: IfMatch):
    """Let another user decide in one's place."""
    return approval_service.delegate(approval_id, body, if_match)


@bp.post("/<uuid:approval_id>/skip")
@endpoint("approvals.force", out=ApprovalOut)
def skip(approval_id: UUID, body: ApprovalSkip, if_match: IfMatch):
    """Do not wait for a user of the group that is asked."""
    return approval_service.skip(approval_id, body, if_match)


@bp.post("/<uuid:approval_id>/force")
@endpoint("approvals.force", out=ApprovalOut)
def force(approval_id: UUID, body: ApprovalAction, if_match: IfMatch):
    """Approve over the heads of those who are asked, with a reason."""
    return approval_service.force(approval_id, body, if_match)
