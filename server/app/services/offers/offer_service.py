"""Offers: drafted, approved, sent and rescinded; a change of the terms starts a new version."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Approval, Candidate, Job, Offer, OfferTemplate, OfferVersion
from app.models.application import HIRE, ApplicationStatus
from app.models.approval import ApprovalStatus
from app.models.approval_chain import ApprovalSubject
from app.models.custom_field import FieldSubject
from app.models.notification import NotificationKind
from app.models.offer import OFFER_MACHINE, OPEN, SENT, OfferStatus
from app.schemas.common import FileLink
from app.schemas.lists import Page
from app.schemas.offer_schema import (
    OfferAction,
    OfferCreate,
    OfferListed,
    OfferOut,
    OfferQuery,
    OfferUpdate,
    OfferVersionOut,
)
from app.schemas.state_schema import ActionsQuery
from app.services.access import active_users, visibility_service
from app.services.applications import application_mails
from app.services.approvals import approval_chain_service, approval_service
from app.services.candidates import candidate_document_service, candidate_expansions, custom_field_service
from app.services.core import active_tenants, listing, rows
from app.services.core.expansion import Expansion
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.files import file_links
from app.services.jobs import job_expansions, job_team_service
from app.services.mail import candidate_links
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About
from app.services.offers import offer_letter
from app.services.workflow import state_engine
from app.services.workflow.state_engine import Refusal
from app.utils import clock, file_types, scope
from app.utils.addresses import addresses
from app.utils.errors import Conflict, Invalid
from app.utils.file_store import Download, Upload

# Users open the current letter or a preview of an offer; candidates open the document that was sent to them.
KIND, SENT_KIND = "offer-letter", "sent-offer-letter"
KEPT = (
    "application_id candidate_id revision status title pay_amount pay_currency pay_period employment_type start_on "
    "expires_at conditions document_id sent_at viewed_at"
).split()
PAY = {"pay_amount": "amount", "pay_currency": "currency", "pay_period": "period"}
# An accepted offer is also OPEN: its terms are final, but it still excludes a second offer.
SETTLED = (OfferStatus.ACCEPTED, OfferStatus.DECLINED, OfferStatus.EXPIRED, OfferStatus.RESCINDED, OfferStatus.RENEGED)


def get(offer_id: UUID) -> Offer:
    """Return an offer; it is visible to users who are asked to approve it."""
    with approval_service.visible_to_approvers(Approval.offer_id == offer_id):
        return rows.get(Offer, offer_id)


def show(offer_id: UUID, query: ActionsQuery) -> OfferOut:
    """Return an offer, with its actions explained if the query asks for it."""
    return state_engine.with_action_hints(OfferOut, get(offer_id), query)


EXPANSIONS: dict[str, Expansion] = {
    "candidate": ("candidate_id", candidate_expansions.candidates, None),
    "job": ("job_id", job_expansions.jobs, None),
}


def list_offers(query: OfferQuery) -> Page[OfferListed]:
    """Return offers, filtered."""
    page = listing.paginate(filtered(query), Offer, query)
    page.data = [OfferOut.model_validate(offer).model_dump(exclude={"allowed_actions"}) for offer in page.data]
    return listing.page_with(OfferListed, page, query, EXPANSIONS)


def filtered(query: OfferQuery) -> sa.Select[Any]:
    """Select the offers that the filters beyond the columns leave."""
    owner = rows.scalar_lookup(Candidate.owner_id, Offer.candidate_id)
    statement = sa.select(Offer).where(*visibility_service.owned_by(owner, query.owned_by))
    by_field = custom_field_service.filtered(FieldSubject.OFFER, Offer.custom_fields, query.custom_field)
    statement = statement.where(*by_field)
    if query.mine is not None:
        statement = statement.where(job_team_service.is_mine(Offer.job_id, query.mine))
    return statement


def list_versions(offer_id: UUID) -> Page[OfferVersionOut]:
    """Return the earlier terms of an offer, latest first."""
    rows.get(Offer, offer_id)
    earlier = sa.select(OfferVersion).where(OfferVersion.offer_id == offer_id).order_by(OfferVersion.revision.desc())
    return listing.page_as(OfferVersionOut, listing.single_page(db.session.scalars(earlier)))


def has_accepted_offer(application: Any) -> Refusal | None:
    """Refuse unless an offer is accepted, or the actor may hire without one; and while one waits for its answer."""
    statuses = set(db.session.scalars(sa.select(Offer.status).where(Offer.application_id == application.id)))
    if statuses & set(SENT):
        # The candidate could still decline it.
        return Refusal(
            "offer_unanswered", "An offer waits for the candidate's answer. Record it, or rescind the offer."
        )
    if HIRE in scope.actor().permissions or OfferStatus.ACCEPTED in statuses:
        return None
    return Refusal("offer_needed", f"No offer has been accepted. Hiring without one requires the {HIRE} permission.")


def void_offers(applications: Sequence[Application]) -> None:
    """Void the open offers of applications that end."""
    of_these = Offer.application_id.in_([application.id for application in applications])
    standing = sa.select(Offer).where(of_these, Offer.status.in_(OPEN)).order_by(Offer.id).with_for_update()
    offers = db.session.scalars(standing).all()
    for offer in offers:
        offer.version += 1
    state_engine.fire_automatic(OFFER_MACHINE, offers, "void")
    # Some may have been waiting for approval, and `void` itself has no effect on approvals.
    if offers:
        cancel_offer_approvals(offers)


@use_case
def create(new: OfferCreate) -> Offer:
    """Create a draft for an active application; Conflict if the application already has an open offer."""
    application = rows.lock_row(Application, new.application_id)  # otherwise it could end without voiding this offer
    if application.status != ApplicationStatus.ACTIVE:
        raise Conflict("The application is not active.", code="application_not_active")
    _check(new.template_id, new.expires_at)
    values = rows.flatten_value(new.model_dump(), "pay", PAY)
    values["custom_fields"] = custom_field_service.merged(FieldSubject.OFFER, {}, new.custom_fields)
    values["title"] = new.title or rows.get(Job, application.job_id).title
    of = {"candidate_id": application.candidate_id, "job_id": application.job_id, "created_by_id": scope.user_id()}
    offer = Offer(**values, **of)
    db.session.add(offer)
    db.session.flush()  # the event needs the id
    event_service.record("offer.created", offer, application_id=application.id)
    return offer


@use_case
def update(offer_id: UUID, changes: OfferUpdate, if_match: int | None) -> Offer:
    """Update the terms. An offer past draft returns to draft as the next version; its approval and link become void."""
    offer = rows.lock_for_update(Offer, offer_id, if_match)
    if offer.status in SETTLED:
        raise Conflict(
            f"The offer is {offer.status} and cannot be changed.", code="offer_settled", current_state=offer.status
        )
    values: dict[str, Any] = changes.model_dump(exclude_unset=True)
    _check(values.get("template_id"), values.get("expires_at"))
    if changes.custom_fields is not None:
        present = offer.custom_fields
        values["custom_fields"] = custom_field_service.merged(FieldSubject.OFFER, present, changes.custom_fields)
    before = OfferVersion(**{name: getattr(offer, name) for name in KEPT}, offer_id=offer.id)
    was_sent = offer.status in SENT
    changed = rows.apply_changes(offer, rows.flatten_value(values, "pay", PAY))
    # Custom fields are for colleagues: approvers and candidates do not see them.
    if set(changed) - {"custom_fields"} and offer.status != OfferStatus.DRAFT:
        db.session.add(before)
        if was_sent and not _took_back(offer):  # the link in the earlier mail does not work any more
            _queue_mail(offer, "offer_replaced", {})
        offer.revision += 1  # links in earlier mails carry the old one and are refused
        offer.document_id = offer.sent_at = offer.viewed_at = None  # these belong to the old terms
        state_engine.fire_automatic(OFFER_MACHINE, [offer], "amend")
    event_service.record("offer.updated", offer, changed=changed, revision=offer.revision)
    return offer


@use_case
def act(offer_id: UUID, action: str, details: OfferAction, if_match: int | None) -> Offer:
    """Submit, rescind, or record a response that came another way, or that the candidate reneged."""
    rows.lock_row(Application, rows.get(Offer, offer_id).application_id)  # no hire or undo meanwhile
    offer = rows.lock_for_update(Offer, offer_id, if_match)
    state_engine.fire(OFFER_MACHINE, offer, action, details.reason)
    return offer


def send(offer_id: UUID, if_match: int | None) -> Offer:
    """Render and store the letter, and mail the candidate a signed link to it."""
    offer = get(offer_id)
    state_engine.check(OFFER_MACHINE, offer, "send")
    # Rendering is slow and stays outside the transaction; `_send` checks that the offer has not changed since.
    return _send(offer.application_id, offer_id, if_match, offer.version, offer_letter.draw(offer))


@use_case
def link(offer_id: UUID) -> FileLink:
    """Return a signed URL of the letter, valid for five minutes; the access is recorded in the audit trail."""
    offer = get(offer_id)
    event_service.record("offer.letter_read", offer)
    return file_links.make(KIND, offer.id)


@file_links.opens(SENT_KIND)
def sent_letter(document_id: UUID) -> Download:
    """Open a letter that was sent."""
    return candidate_document_service.download(document_id)


@file_links.opens(KIND)
def letter(offer_id: UUID) -> Download:
    """Open the letter that was sent, or else a preview of it."""
    offer = get(offer_id)
    with scope.unrestricted("a letter belongs to its offer"):
        if offer.document_id is not None:
            return candidate_document_service.download(offer.document_id)
        drawn = offer_letter.draw(offer)
    name = f"offer-{offer.revision}.pdf"
    return Download(iter([drawn]), name, file_types.PDF, len(drawn))


def tenants_with_expired() -> list[str]:
    """Return the ids (as text) of the tenants with offers to expire; in the platform's scope."""
    return active_tenants.having(Offer, _is_over())


@use_case
def expire_due() -> int:
    """Expire the offers that are due, and return their number."""
    # Offers that are being answered or changed are skipped: the function runs again within the hour.
    over = sa.select(Offer).where(_is_over()).order_by(Offer.id).with_for_update(skip_locked=True)
    offers = db.session.scalars(over).all()
    for offer in offers:
        offer.version += 1
    state_engine.fire_automatic(OFFER_MACHINE, offers, "expire")
    return len(offers)


def offer_has_approvers(offer: Any) -> Refusal | None:
    """Refuse unless an approval chain covers offers of the job's department."""
    return None if _chain(offer) else Refusal("no_approvers", "This offer does not need approval. Send it directly.")


def offer_has_no_approvers(offer: Any) -> Refusal | None:
    """Refuse if an approval chain covers offers of the job's department."""
    return Refusal("approval_needed", "This offer needs approval. Submit it first.") if _chain(offer) else None


def offer_led_to_no_hire(offer: Any) -> Refusal | None:
    """Refuse if the candidate is hired."""
    if rows.get(Application, offer.application_id).status != ApplicationStatus.HIRED:
        return None
    return Refusal("hired", "The candidate was hired. Undo the hire first.")


def request_offer_approvals(offers: Sequence[Offer]) -> None:
    """Request the approvals."""
    for offer in offers:
        department = rows.get(Job, offer.job_id).department_id
        approval_service.request_approvals(ApprovalSubject.OFFER, department, job_id=offer.job_id, offer_id=offer.id)


def cancel_offer_approvals(offers: Sequence[Offer]) -> None:
    """Cancel the pending approvals."""
    approval_service.cancel(Approval.offer_id.in_([offer.id for offer in offers]))


def note_acceptance(offers: Sequence[Offer]) -> None:
    """Set `accepted_at`."""
    for offer in offers:
        offer.accepted_at = clock.now()


def mail_offer(offers: Sequence[Offer]) -> None:
    """Mail the candidate the link, once per version; Conflict if they have no email address."""
    for offer in offers:
        offer.sent_at = clock.now()
        _mail(offer, "offer_sent", _link(offer))


def mail_acceptance(offers: Sequence[Offer]) -> None:
    """Mail the candidate what they signed, with the link to the offer and its letter."""
    for offer in offers:
        # An address that was removed since the offer was sent must not hinder the acceptance.
        _queue_mail(offer, "offer_accepted", {"signed_name": offer.signed_name, **_link(offer)}, at_once=True)


def mail_rescission(offers: Sequence[Offer]) -> None:
    """Mail the candidate that the offer is rescinded, unless the offer itself was not mailed yet.

    Conflict if they have no email address.
    """
    for offer in offers:
        if not _took_back(offer):
            _mail(offer, "offer_rescinded", {})


def notify_owner(offers: Sequence[Offer]) -> None:
    """Notify the user who created the offer of its outcome."""
    for offer in offers:
        for user in active_users.among([offer.created_by_id] if offer.created_by_id else []):
            context = {"title": offer.title, "status": str(offer.status)}
            context["link"] = f"{addresses.app}/offers/{offer.id}"
            key, about = f"offer_decided:{offer.id}:{offer.revision}", About(offer, offer.candidate_id, offer.job_id)
            notification_service.notify(user, NotificationKind.OFFER_DECIDED, key, context, about)


@use_case
def _send(application_id: UUID, offer_id: UUID, if_match: int | None, drawn_from: int, drawn: bytes) -> Offer:
    rows.lock_row(Application, application_id)  # lock order: application, then offer
    offer = rows.lock_for_update(Offer, offer_id, if_match)
    if offer.version != drawn_from + 1:  # lock_for_update has incremented it
        raise Conflict("The offer has changed. Send it again.", code="offer_changed", current_state=offer.status)
    # Checked when it was set, but the offer may have waited for approval since.
    if offer.expires_at is not None and offer.expires_at <= clock.now():
        raise Conflict("The offer has expired. Change expires_at first.", code="already_over")
    upload = Upload(io.BytesIO(drawn), f"offer-{offer.id}-{offer.revision}.pdf")
    offer.document_id = candidate_document_service.store(upload, offer.candidate_id, known=file_types.PDF).id
    state_engine.fire(OFFER_MACHINE, offer, "send")
    return offer


def _hold(approval: Approval) -> Offer:
    with scope.unrestricted("an approval settles its offer, whoever approves"):
        return rows.lock_row(Offer, UUID(str(approval.offer_id)))


def _on_decision(approval: Approval) -> None:
    with scope.unrestricted("an approval settles its offer, whoever approves"):
        offer = rows.lock_for_update(Offer, UUID(str(approval.offer_id)))
    step = "approve" if approval.status == ApprovalStatus.APPROVED else "deny"
    state_engine.fire_automatic(OFFER_MACHINE, [offer], step)


approval_service.SUBJECTS[ApprovalSubject.OFFER] = approval_service.Subject(
    hold=_hold,
    title=lambda approval: rows.get(Job, approval.job_id).title,
    on_decision=_on_decision,
)


def _chain(offer: Any) -> bool:
    department = rows.get(Job, offer.job_id).department_id
    return bool(approval_chain_service.groups_for(ApprovalSubject.OFFER, department))


def _check(template_id: UUID | None, expires_at: Any) -> None:
    if template_id is not None:
        rows.get(OfferTemplate, template_id)
    if expires_at is not None and expires_at <= clock.now():
        wrong = {"pointer": "/expires_at", "code": "in_the_past", "detail": "must be in the future"}
        raise Invalid("The offer would already be expired.", code="in_the_past", errors=[wrong])


def _mail(offer: Offer, template: str, more: dict[str, Any]) -> None:
    if not _queue_mail(offer, template, more):
        raise Conflict("The candidate has no email address to send the offer to.", code="no_address")


def _took_back(offer: Offer) -> bool:
    """Cancel the mail with the offer if it was not sent yet, and return whether it was cancelled."""
    return bool(application_mails.cancel("offer_sent", [db.session.get_one(Application, offer.application_id)]))


def _queue_mail(offer: Offer, template: str, more: dict[str, Any], at_once: bool = False) -> int:
    """Queue a mail to the candidate, once per version; return 0 if they have no email address, else 1."""
    application = db.session.get_one(Application, offer.application_id)
    context = {"title": offer.title, **more}
    key = f"{offer.id}:{offer.revision}"
    return application_mails.queue_always(template, [application], at_once, key=key, context=context)


def _link(offer: Offer) -> dict[str, Any]:
    return candidate_links.link_context(candidate_links.Purpose.OFFER, offer.id, offer.revision)


def _is_over() -> Any:
    return sa.and_(Offer.status.in_(SENT), Offer.expires_at <= clock.now())
