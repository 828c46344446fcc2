"""Requests of candidates for a copy of their data or its erasure: users decide, and the portal shows the outcome."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, PrivacyRequest
from app.models.notification import NotificationKind
from app.models.privacy_request import PrivacyKind, PrivacyStatus
from app.schemas.common import FileLink
from app.schemas.lists import Page
from app.schemas.portal_schema import PortalPrivacyRequest
from app.services.access import active_users, rights
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service, outbox_service
from app.services.files import file_links
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About
from app.services.privacy import candidate_erasure_service, subject_export_service
from app.utils import scope
from app.utils.addresses import addresses
from app.utils.errors import Conflict, NotFound

OPEN = (PrivacyStatus.REQUESTED, PrivacyStatus.PENDING)


def own(candidate_id: UUID) -> Page[PortalPrivacyRequest]:
    """Return the requests of a candidate, newest first."""
    statement = sa.select(PrivacyRequest).where(
        PrivacyRequest.subject_id == candidate_id, PrivacyRequest.is_by_candidate
    )
    found = db.session.scalars(statement.order_by(PrivacyRequest.id.desc()).limit(100))
    return listing.single_page(PortalPrivacyRequest.model_validate(each) for each in found)


@use_case
def ask(candidate_id: UUID, kind: PrivacyKind) -> PortalPrivacyRequest:
    """Ask for a copy of the data or its erasure; an open request of the same kind is returned as it is."""
    candidate = rows.lock_row(Candidate, candidate_id)  # one at a time
    same = sa.select(PrivacyRequest).where(
        PrivacyRequest.subject_id == candidate_id,
        PrivacyRequest.is_by_candidate,
        PrivacyRequest.kind == kind,
        PrivacyRequest.status.in_(OPEN),
    )
    request = db.session.scalars(same).first()
    if request is None:
        request = PrivacyRequest(
            kind=kind, status=PrivacyStatus.REQUESTED, subject_id=candidate_id, is_by_candidate=True
        )
        db.session.add(request)
        db.session.flush()  # the event needs the id
        event_service.record("privacy_request.requested", request, candidate_id=candidate_id, kind=kind)
        _notify(candidate, request)
    return PortalPrivacyRequest.model_validate(request)


@use_case
def approve(request_id: UUID) -> PrivacyRequest:
    """Approve a request: the export is built, and the portal offers it; an erasure takes place at once.

    Forbidden without the permission to erase, Conflict if it is decided already.
    """
    request = _to_decide(request_id)
    event_service.record("privacy_request.approved", request, candidate_id=request.subject_id, kind=request.kind)
    request.requested_by_id = scope.user_id()
    if request.kind is PrivacyKind.EXPORT:
        request.status = PrivacyStatus.PENDING
        outbox_service.enqueue("subject_export/asked", request_id=request.id)
        return request
    # It deletes the request, too; the certified one stays.
    return candidate_erasure_service.erase(request.subject_id, "Requested by the candidate on the portal.")


@use_case
def refuse(request_id: UUID, reason: str) -> PrivacyRequest:
    """Refuse a request with a reason, which the candidate reads."""
    request = _to_decide(request_id)
    request.status, request.status_reason = PrivacyStatus.REFUSED, reason
    request.requested_by_id = scope.user_id()
    event_service.record("privacy_request.refused", request, candidate_id=request.subject_id, kind=request.kind)
    return request


def link(candidate_id: UUID, request_id: UUID) -> FileLink:
    """Return a signed URL of the copy that a candidate asked for; Conflict if it is not there."""
    request = rows.get(PrivacyRequest, request_id)
    if request.subject_id != candidate_id or not request.is_by_candidate:
        raise NotFound("There is no such request.")
    if request.kind is not PrivacyKind.EXPORT or request.status is not PrivacyStatus.DONE:
        raise Conflict("There is no copy to download.", code="export_not_done")
    return file_links.make(subject_export_service.KIND, request.id)


def _to_decide(request_id: UUID) -> PrivacyRequest:
    subject_export_service.get(request_id)  # Forbidden unless the caller sees everybody
    request = rows.lock_row(PrivacyRequest, request_id)
    if request.kind is PrivacyKind.ERASURE:
        rights.require("privacy.erase")
    if request.status is not PrivacyStatus.REQUESTED:
        raise Conflict(
            f"The request is {request.status}.",
            code="already_decided",
            current_state=request.status,
            allowed_actions=[],
        )
    return request


def _notify(candidate: Candidate, request: PrivacyRequest) -> None:
    # Administrators decide; the owner should know.
    users = {user.id: user for user in (*active_users.administrators(), *active_users.responsible(candidate.owner_id))}
    for user in users.values():
        notification_service.notify(
            user,
            NotificationKind.PRIVACY_REQUESTED,
            f"privacy_requested:{request.id}",
            {"link": f"{addresses.app}/candidates/{candidate.id}"},
            About(request, candidate.id),
        )
