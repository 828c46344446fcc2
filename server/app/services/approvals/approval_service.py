"""Approvals: groups are asked one after another until their quorum; seats can be delegated or skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.extensions import db
from app.models import Approval, ApprovalSeat, User
from app.models.approval import APPROVAL_MACHINE, ApprovalStatus, SeatStatus
from app.models.approval_chain import ApprovalSubject
from app.models.notification import NotificationKind
from app.schemas.approval_schema import ApprovalAction, ApprovalDelegation, ApprovalOut, ApprovalQuery, ApprovalSkip
from app.schemas.lists import Page
from app.schemas.state_schema import ActionsQuery
from app.services.access import active_users
from app.services.approvals import approval_chain_service
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About, Notice
from app.services.workflow import state_engine
from app.services.workflow.state_engine import Refusal
from app.utils import clock, scope
from app.utils.addresses import addresses
from app.utils.errors import Conflict


@dataclass(frozen=True, slots=True)
class Subject:
    """How the subject of an approval is locked, titled, and notified of the decision."""

    hold: Callable[[Approval], Any]
    title: Callable[[Approval], str]
    on_decision: Callable[[Approval], None]


SUBJECTS: dict[ApprovalSubject, Subject] = {}  # filled by the services of jobs and offers, which import this one


def get(approval_id: UUID) -> Approval:
    """Return an approval with its seats."""
    return rows.get(Approval, approval_id, selectinload(Approval.seats))


def show(approval_id: UUID, query: ActionsQuery) -> ApprovalOut:
    """Return an approval, with its actions explained if the query asks for it."""
    return state_engine.with_action_hints(ApprovalOut, get(approval_id), query)


def list_approvals(query: ApprovalQuery) -> Page[Approval]:
    """Return approvals, filtered."""
    return listing.paginate(filtered(query), Approval, query)


def filtered(query: ApprovalQuery) -> sa.Select[Any]:
    """Select the approvals that the filters beyond the columns leave."""
    statement = sa.select(Approval)
    if query.waits_for_me is not None:
        own = sa.select(ApprovalSeat.approval_id).where(
            ApprovalSeat.approval_id == Approval.id,
            ApprovalSeat.group_number == Approval.group_number,
            ApprovalSeat.user_id == scope.user_id(),
            ApprovalSeat.status == SeatStatus.PENDING,
        )
        waits = sa.and_(Approval.status == ApprovalStatus.PENDING, own.exists())
        statement = statement.where(waits if query.waits_for_me else sa.not_(waits))
    return statement


@contextmanager
def visible_to_approvers(condition: Any) -> Iterator[None]:
    """Within this context, the subject of a pending approval is visible to its approvers."""
    own = sa.select(ApprovalSeat.id).join(
        Approval, sa.and_(Approval.tenant_id == ApprovalSeat.tenant_id, Approval.id == ApprovalSeat.approval_id)
    )
    own = own.where(condition, Approval.status == ApprovalStatus.PENDING, ApprovalSeat.user_id == scope.user_id())
    if scope.actor().visibility is not None and db.session.scalar(own.limit(1)) is not None:
        with scope.unrestricted("what one is asked to approve"):
            yield
    else:
        yield


def request_approvals(subject: ApprovalSubject, department_id: UUID | None, **references: UUID) -> Approval:
    """Request an approval from the chain that applies; Conflict if a group has no active users. Inside a use case."""
    groups = approval_chain_service.groups_for(subject, department_id) or []
    named = [UUID(user_id) for group in groups for user_id in group["user_ids"]]
    there = {user.id for user in active_users.among(named)}
    if any(not there & set(map(UUID, group["user_ids"])) for group in groups):
        raise Conflict("An approval group has no active users. Change the chain first.", code="no_active_approver")
    approval = Approval(subject=subject, requested_by_id=scope.user_id(), group_number=1, **references)
    # The seats of all groups at once, so that later changes of the chain do not affect this approval.
    approval.seats = [
        ApprovalSeat(group_number=number, group_name=group.get("name"), quorum=group["quorum"], user_id=UUID(user_id))
        for number, group in enumerate(groups, start=1)
        for user_id in group["user_ids"]
        if UUID(user_id) in there  # `_go_on` lowers the quorum if too few are left
    ]
    db.session.add(approval)
    db.session.flush()  # the event needs the id
    event_service.record("approval.asked", approval, about=subject, groups=len(groups))
    _ask_group(approval)
    return approval


def cancel(condition: Any) -> None:
    """Cancel the pending approvals that match; inside a use case that has locked their subjects."""
    pending = sa.select(Approval).where(condition, Approval.status == ApprovalStatus.PENDING)
    approvals = db.session.scalars(pending.with_for_update()).all()
    for approval in approvals:
        approval.decided_at = clock.now()
        approval.version += 1
    state_engine.fire_automatic(APPROVAL_MACHINE, approvals, "cancel")


@use_case
def approve(approval_id: UUID, details: ApprovalAction, if_match: int | None) -> Approval:
    """Approve as the caller; asks the next group at the quorum, and after the last group the approval is granted."""
    approval = _lock(approval_id, if_match)
    state_engine.fire(APPROVAL_MACHINE, approval, "approve", details.reason, group=approval.group_number)
    _decide(_own_seat(approval), SeatStatus.APPROVED, details.reason)
    _go_on(approval)
    return approval


@use_case
def reject(approval_id: UUID, details: ApprovalAction, if_match: int | None) -> Approval:
    """Reject as the caller, which decides the approval."""
    approval = _lock(approval_id, if_match)
    state_engine.fire(APPROVAL_MACHINE, approval, "reject", details.reason)
    _decide(_own_seat(approval), SeatStatus.REJECTED, details.reason)
    return approval


@use_case
def delegate(approval_id: UUID, request: ApprovalDelegation, if_match: int | None) -> Approval:
    """Give the caller's seat to another user; Conflict if that user is already in the group."""
    approval = _lock(approval_id, if_match)
    # `_own_seat` relies on the guard; `fire` follows only once the request is valid.
    state_engine.check(APPROVAL_MACHINE, approval, "delegate")
    active_users.require(request.user_id, "an approval")
    seat = _own_seat(approval)
    if any(each.user_id == request.user_id and each.group_number == seat.group_number for each in approval.seats):
        raise Conflict("This user is already in the group.", code="already_asked")
    state_engine.fire(APPROVAL_MACHINE, approval, "delegate", request.reason, user_id=request.user_id)
    _decide(seat, SeatStatus.DELEGATED, request.reason)
    place = {name: getattr(seat, name) for name in ("group_number", "group_name", "quorum")}
    approval.seats.append(ApprovalSeat(user_id=request.user_id, status=SeatStatus.PENDING, **place))
    db.session.flush()
    _mail(approval, [request.user_id])
    return approval


@use_case
def skip(approval_id: UUID, request: ApprovalSkip, if_match: int | None) -> Approval:
    """Skip a user of the current group; if its quorum is then met, the group is done."""
    approval = _lock(approval_id, if_match)
    state_engine.check(APPROVAL_MACHINE, approval, "skip", request.reason)
    seat = next((each for each in _asked(approval) if each.user_id == request.user_id), None)
    if seat is None:
        raise Conflict("This user is not asked to approve at this step.", code="not_asked")
    state_engine.fire(APPROVAL_MACHINE, approval, "skip", request.reason, user_id=request.user_id)
    _decide(seat, SeatStatus.SKIPPED, request.reason)
    _go_on(approval)
    return approval


@use_case
def force(approval_id: UUID, details: ApprovalAction, if_match: int | None) -> Approval:
    """Grant the approval over its approvers; the reason is recorded in the audit trail."""
    approval = _lock(approval_id, if_match)
    # The seats remain as they are and show whose approval was missing.
    state_engine.fire(APPROVAL_MACHINE, approval, "force", details.reason)
    return approval


def hand_over(user_id: UUID, to_user_id: UUID) -> int:
    """Give a user's pending seats to another user, and return the number of approvals; inside a use case."""
    waiting = sa.select(ApprovalSeat.approval_id).join(
        Approval, sa.and_(Approval.tenant_id == ApprovalSeat.tenant_id, Approval.id == ApprovalSeat.approval_id)
    )
    own = sa.and_(
        Approval.status == ApprovalStatus.PENDING,
        ApprovalSeat.user_id == user_id,
        ApprovalSeat.status == SeatStatus.PENDING,
    )
    # In id order, so that two users who are handed over at once cannot deadlock.
    found = sorted(set(db.session.scalars(waiting.where(own))))
    for approval in [_lock(approval_id, None) for approval_id in found]:
        for seat in [each for each in approval.seats if each.user_id == user_id and each.status == SeatStatus.PENDING]:
            _replace(approval, seat, to_user_id)
        event_service.record("approval.handed_over", approval, user_id=to_user_id)
        _go_on(approval)  # without a skipped seat, the group may have reached its quorum
    return len(found)


def _replace(approval: Approval, seat: ApprovalSeat, user_id: UUID) -> None:
    """Give a seat to a user, or skip it if the user is already in its group."""
    if any(each.user_id == user_id and each.group_number == seat.group_number for each in approval.seats):
        _decide(seat, SeatStatus.SKIPPED, "The work was handed over to somebody of the group.")
        return
    seat.user_id = user_id
    db.session.flush()
    # The users of later groups are asked when it is their turn.
    if seat.group_number == approval.group_number:
        _mail(approval, [user_id])


def caller_may_decide(approval: Any) -> Refusal | None:
    """Refuse unless the caller has a pending seat in the current group."""
    if _own_seat_or_none(approval) is not None:
        return None
    return Refusal("not_asked", "You are not asked to approve at this step.")


def notify_subject(approvals: Sequence[Approval]) -> None:
    """Apply the decision to the subject, and notify the user who requested the approval."""
    for approval in approvals:
        approval.decided_at = clock.now()
        SUBJECTS[approval.subject].on_decision(approval)
        context = {**_about(approval), "status": str(approval.status)}
        for user in active_users.among([approval.requested_by_id] if approval.requested_by_id else []):
            key = f"approval_decided:{approval.id}"
            about = About(approval, job_id=approval.job_id)
            notification_service.notify(user, NotificationKind.APPROVAL_DECIDED, key, context, about)


def _lock(approval_id: UUID, if_match: int | None) -> Approval:
    """Lock the approval, after its subject: the lock order is the same everywhere."""
    known = rows.get(Approval, approval_id)
    subject = SUBJECTS[known.subject].hold(known)
    rows.lock_for_update(Approval, approval_id, if_match)
    # With the seats as they are under the lock: others may have decided while it was awaited.
    approval = get(approval_id)
    approval.candidate_id = getattr(subject, "candidate_id", None)  # type: ignore[misc]  # no column; events read it
    return approval


def _asked(approval: Approval) -> list[ApprovalSeat]:
    now = [each for each in approval.seats if each.group_number == approval.group_number]
    return [each for each in now if each.status == SeatStatus.PENDING]


def _own_seat_or_none(approval: Approval) -> ApprovalSeat | None:
    return next((each for each in _asked(approval) if each.user_id == scope.user_id()), None)


def _own_seat(approval: Approval) -> ApprovalSeat:
    seat = _own_seat_or_none(approval)
    assert seat is not None, "the guard has asked"
    return seat


def _decide(seat: ApprovalSeat, status: SeatStatus, reason: str | None) -> None:
    seat.status, seat.reason, seat.decided_at = status, reason, clock.now()


def _go_on(approval: Approval) -> None:
    """Ask the next group, or pass the approval, if the current group has reached its quorum of the remaining votes."""
    group = [each for each in approval.seats if each.group_number == approval.group_number]
    votes = [each for each in group if each.status not in (SeatStatus.SKIPPED, SeatStatus.DELEGATED)]
    # If fewer votes than the quorum are left, all of them are needed; if none is left, the group passes.
    if sum(each.status == SeatStatus.APPROVED for each in votes) < min(group[0].quorum, len(votes)):
        return
    if approval.group_number < max(each.group_number for each in approval.seats):
        approval.group_number += 1
        _ask_group(approval)
        return
    state_engine.fire_automatic(APPROVAL_MACHINE, [approval], "pass")


def _ask_group(approval: Approval) -> None:
    _mail(approval, [each.user_id for each in _asked(approval)])


def _about(approval: Approval) -> dict[str, str]:
    """Return what is approved, as the templates of emails use it."""
    return {"approval_of": str(approval.subject), "title": SUBJECTS[approval.subject].title(approval)}


def _mail(approval: Approval, user_ids: Sequence[UUID]) -> None:
    about = _about(approval)
    users: Sequence[User] = active_users.among(user_ids)
    context = {**about, "link": f"{addresses.app}/approvals/{approval.id}"}
    key = f"approval_asked:{approval.id}:{approval.group_number}"
    notification_service.notify_all(
        [
            Notice(
                user,
                NotificationKind.APPROVAL_ASKED,
                key,
                context,
                About(approval, None, approval.job_id),
            )
            for user in users
        ]
    )
