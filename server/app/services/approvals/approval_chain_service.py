"""Approval chains, and which chain applies to a job or an offer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import ApprovalChain, Department, User
from app.models.approval_chain import ApprovalSubject
from app.schemas.approval_schema import ApprovalChainCreate, ApprovalChainUpdate, ApprovalGroup
from app.schemas.lists import Page
from app.services.access import active_users
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils.errors import Conflict, NotFound


def list_all() -> Page[ApprovalChain]:
    """Return all chains."""
    return listing.single_page(
        db.session.scalars(
            sa.select(ApprovalChain).order_by(ApprovalChain.subject, ApprovalChain.created_at, ApprovalChain.id)
        )
    )


def groups_for(subject: ApprovalSubject, department_id: UUID | None) -> list[dict[str, Any]] | None:
    """Return the groups of the department's chain, or else of the general chain, or None if neither exists."""
    fitting = sa.select(ApprovalChain).where(
        ApprovalChain.subject == subject,
        sa.or_(ApprovalChain.department_id == department_id, ApprovalChain.department_id.is_(None)),
    )
    # False sorts before true, so the department's own chain comes first.
    chain = db.session.scalars(fitting.order_by(ApprovalChain.department_id.is_(None)).limit(1)).one_or_none()
    return chain.groups if chain else None


@use_case
def create(new: ApprovalChainCreate) -> ApprovalChain:
    """Add a chain; a department has at most one per subject."""
    if new.department_id is not None:
        rows.get(Department, new.department_id)
    _check_users(new.groups)
    # mode="json", because groups are stored as JSON, which has no UUIDs.
    chain = ApprovalChain(**new.model_dump(mode="json", exclude={"department_id"}), department_id=new.department_id)
    chain.subject = new.subject  # the dump has turned it into text
    db.session.add(chain)
    db.session.flush()  # the event needs the id
    event_service.record("approval_chain.created", chain, groups=chain.groups)
    return chain


@use_case
def update(chain_id: UUID, changes: ApprovalChainUpdate, if_match: int | None) -> ApprovalChain:
    """Replace the groups of a chain; pending approvals are unaffected."""
    chain = rows.lock_for_update(ApprovalChain, chain_id, if_match)
    _check_users(changes.groups)
    chain.groups = changes.model_dump(mode="json")["groups"]
    event_service.record("approval_chain.updated", chain, groups=chain.groups)
    return chain


@use_case
def delete(chain_id: UUID) -> None:
    """Delete a chain; pending approvals are unaffected."""
    chain = rows.lock_for_update(ApprovalChain, chain_id)
    event_service.record("approval_chain.deleted", chain)
    db.session.delete(chain)


def _check_users(groups: list[ApprovalGroup]) -> None:
    wanted = {user_id for group in groups for user_id in group.user_ids}
    if unknown := wanted - set(db.session.scalars(sa.select(User.id).where(User.id.in_(wanted)))):
        raise NotFound(f"There is no such user: {min(unknown)}.")
    if wanted - {user.id for user in active_users.among(wanted)}:
        raise Conflict("Only active users can be approvers.", code="user_not_active")
