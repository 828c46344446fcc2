"""Approval chains: who must approve jobs and offers."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.approval_schema import ApprovalChainCreate, ApprovalChainOut, ApprovalChainUpdate
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.services.approvals import approval_chain_service

bp = Blueprint("approval_chains", __name__, url_prefix="/approval-chains")


@bp.get("")
@endpoint("approvals.read", out=Page[ApprovalChainOut])
def list_all():
    """List approval chains."""
    return approval_chain_service.list_all()


@bp.post("")
@endpoint("approval_chains.update", out=ApprovalChainOut, status=201)
def create(body: ApprovalChainCreate):
    """Add an approval chain for jobs or offers.

    It applies to one department, or to all departments without their own chain.
    """
    return approval_chain_service.create(body)


@bp.patch("/<uuid:chain_id>")
@endpoint("approval_chains.update", out=ApprovalChainOut)
def update(chain_id: UUID, body: ApprovalChainUpdate, if_match: IfMatch):
    """Update the approvers of a chain.

    Pending approvals are not affected.
    """
    return approval_chain_service.update(chain_id, body, if_match)


@bp.delete("/<uuid:chain_id>")
@endpoint("approval_chains.update", status=204)
def delete(chain_id: UUID):
    """Delete an approval chain."""
    approval_chain_service.delete(chain_id)
