"""Invitations of candidates: sent, filled in, reviewed; an approval updates or creates the candidate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, CandidateContact, CandidateInvitation, Job
from app.models.application import LIVE
from app.models.candidate_consent import ConsentPurpose, ConsentSource
from app.models.candidate_contact import NOBODY, ContactKind
from app.models.candidate_invitation import ACTIVE, FILLABLE, INVITATION_MACHINE, InvitationStatus
from app.models.job import JobStatus
from app.schemas.candidate_consent_schema import CandidateConsentCreate
from app.schemas.candidate_invitation_schema import (
    InvitationApproval,
    InvitationCreate,
    InvitationForm,
    InvitationListed,
    InvitationOut,
    InvitationQuery,
)
from app.schemas.candidate_schema import CandidateCreate
from app.schemas.lists import Page
from app.schemas.state_schema import ActionsQuery
from app.services.access import active_users
from app.services.applications import application_service
from app.services.candidates import (
    candidate_consent_service,
    candidate_contact_service,
    candidate_redirects,
    candidate_service,
)
from app.services.core import active_tenants, listing, rows
from app.services.core.transaction import mark_deleted, use_case
from app.services.events import event_service, outbox_service
from app.services.files import invitation_file_rows
from app.services.invitations import invitation_files, invitation_mails
from app.services.mail import mail_suppression_service
from app.services.workflow import state_engine
from app.services.workflow.state_engine import Refusal
from app.utils import clock, scope
from app.utils.errors import Conflict

REMIND_BEFORE = timedelta(hours=24)
KEPT = timedelta(days=90)  # after an end without an approval
UNAPPROVED = (
    InvitationStatus.REJECTED,
    InvitationStatus.EXPIRED,
    InvitationStatus.REVOKED,
    InvitationStatus.BOUNCED,
)
KEPT_UNDECIDED = timedelta(days=365)
UNDECIDED = (InvitationStatus.CREATED, InvitationStatus.SUBMITTED)
AT_ONCE = 200  # the next run goes on
MOST_LINKS = 20
SOURCE = "invitation"
OF_CANDIDATE = ("name", "headline", "location", "years_experience", "skills", "available_from")


def list_invitations(query: InvitationQuery) -> Page[InvitationListed]:
    """List the visible invitations, filtered."""
    return listing.page_as(InvitationListed, listing.paginate(filtered(query), CandidateInvitation, query))


def filtered(query: InvitationQuery) -> sa.Select[Any]:
    """Return the statement of a list of invitations."""
    statement = sa.select(CandidateInvitation)
    if query.q is None:
        return statement
    return statement.where(listing.contains(query.q, CandidateInvitation.email, CandidateInvitation.name))


def get(invitation_id: UUID) -> InvitationOut:
    """Return an invitation with its form and files."""
    return _shown(rows.get(CandidateInvitation, invitation_id))


def show(invitation_id: UUID, query: ActionsQuery) -> InvitationOut:
    """Return an invitation, with its actions explained if the query asks for it."""
    return state_engine.with_action_hints(InvitationOut, get(invitation_id), query)


@use_case
def create(new: InvitationCreate) -> InvitationOut:
    """Create an invitation, and send it unless told otherwise; Conflict if the address is suppressed or invited."""
    if new.candidate_id is not None:
        candidate_redirects.get(new.candidate_id)
    if new.job_id is not None:
        rows.get(Job, new.job_id)
    _check_address(new.email)
    values = new.model_dump(exclude={"send"})
    invitation = CandidateInvitation(**values, owner_id=scope.user_id(), status=InvitationStatus.CREATED)
    _check_no_other(invitation)
    db.session.add(invitation)
    db.session.flush()  # the event needs the id
    event_service.record("candidate_invitation.created", invitation, job_id=new.job_id)
    if new.send:
        _send(invitation, "send")
    return _shown(invitation)


@use_case
def send(invitation_id: UUID, action: str, if_match: int | None) -> InvitationOut:
    """Send an invitation, or send it again: with a new link, which makes the earlier ones invalid."""
    invitation = rows.lock_for_update(CandidateInvitation, invitation_id, if_match)
    state_engine.check(INVITATION_MACHINE, invitation, action)
    _check_address(invitation.email)
    _send(invitation, action)
    return _shown(invitation)


@use_case
def act(invitation_id: UUID, action: str, reason: str | None, if_match: int | None) -> InvitationOut:
    """Revoke or reject an invitation, or request changes."""
    invitation = rows.lock_for_update(CandidateInvitation, invitation_id, if_match)
    if action == "return":
        state_engine.check(INVITATION_MACHINE, invitation, action, reason)
        _renew(invitation)
    state_engine.fire(INVITATION_MACHINE, invitation, action, reason)
    return _shown(invitation)


@use_case
def approve(invitation_id: UUID, approval: InvitationApproval, if_match: int | None) -> InvitationOut:
    """Approve what was submitted: the candidate is updated or created, as by an upsert, and gets the files.

    Conflict if the contact points belong to several candidates, or to one with another name.
    """
    invitation = rows.lock_for_update(CandidateInvitation, invitation_id, if_match)
    state_engine.check(INVITATION_MACHINE, invitation, "approve")
    form = InvitationForm.model_validate(invitation.form)
    invitation.candidate_id = _candidate(invitation, form, approval.candidate_id)
    state_engine.fire(INVITATION_MACHINE, invitation, "approve", candidate_id=invitation.candidate_id)
    _give_consents(invitation, form)
    _apply(invitation)
    outbox_service.enqueue("candidate_invitation/approved", invitation_id=invitation.id)
    return _shown(invitation)


def tenants_with_due() -> list[str]:
    """Return the ids (as text) of the tenants with invitations to settle; in the platform's scope."""
    return active_tenants.having(CandidateInvitation, _over() | _soon() | _old())


@use_case
def settle_due() -> dict[str, int]:
    """Remind of invitations a day before they expire, expire them, delete old ones; return the number of each."""
    over = _locked(_over())
    rows.count_up(over)
    state_engine.fire_automatic(INVITATION_MACHINE, over, "expire")
    soon = _locked(_soon())
    for invitation in soon:
        invitation.reminded_at = clock.now()  # no new version: clients do not see it as a change
        invitation_mails.remind(invitation)
    old = _locked(_old())
    for invitation in old:
        invitation_files.remove_all(invitation.id)
        event_service.record("candidate_invitation.deleted", invitation)
        db.session.delete(invitation)
    return {"expired": len(over), "reminded": len(soon), "deleted": len(old)}


@use_case
def note_bounce(invitation_id: UUID, revision: int) -> None:
    """Note that the email with the present link came back; does nothing once the candidate has used the link."""
    invitation = rows.lock_row(CandidateInvitation, invitation_id)
    if (
        invitation.revision == revision
        and INVITATION_MACHINE.find(invitation.status, "bounce", is_automatic=True) is not None
    ):
        invitation.version += 1
        state_engine.fire_automatic(INVITATION_MACHINE, [invitation], "bounce")


@use_case
def forget(candidate_id: UUID) -> int:
    """Delete the invitations of a candidate who is erased, with their files; return their number.

    Also those of an address that identifies the candidate, which nobody has approved yet.
    """
    addresses = sa.select(CandidateContact.value).where(
        CandidateContact.candidate_id == candidate_id,
        CandidateContact.kind == ContactKind.EMAIL,
        CandidateContact.shared_by == NOBODY,
    )
    unknown = CandidateInvitation.candidate_id.is_(None) & CandidateInvitation.email.in_(addresses)
    found = db.session.scalars(
        sa.select(CandidateInvitation.id).where((CandidateInvitation.candidate_id == candidate_id) | unknown)
    ).all()
    invitation_file_rows.remove_of(CandidateInvitation.id.in_(found))
    db.session.execute(sa.delete(CandidateInvitation).where(CandidateInvitation.id.in_(found)))
    mark_deleted()
    return len(found)


def no_other_is_active(invitation: Any) -> Refusal | None:
    """Refuse if the address has another open invitation."""
    other = sa.select(CandidateInvitation.id).where(
        CandidateInvitation.email == invitation.email,
        CandidateInvitation.status.in_(ACTIVE),
        CandidateInvitation.id != invitation.id,
    )
    if db.session.scalar(other) is None:
        return None
    return Refusal("already_invited", "Another invitation of this address is open.")


def _check_no_other(invitation: CandidateInvitation) -> None:
    with scope.unrestricted("an address is invited once at a time, whoever invites it"):
        if (refusal := no_other_is_active(invitation)) is not None:
            raise Conflict(refusal.detail, code=refusal.code, **_visible_other(invitation.email))


def _visible_other(email: str) -> dict[str, Any]:
    """Return the open invitation of an address for the response, if the actor sees it."""
    open_one = sa.select(CandidateInvitation.id).where(
        CandidateInvitation.email == email, CandidateInvitation.status.in_(ACTIVE)
    )
    found = db.session.scalar(open_one)
    return {"existing_id": str(found)} if found is not None else {}


def _check_address(email: str) -> None:
    if email in mail_suppression_service.reasons([email]):
        raise Conflict("This address gets no emails any more.", code="address_suppressed")


def _send(invitation: CandidateInvitation, action: str) -> None:
    if invitation.revision >= MOST_LINKS:
        raise Conflict(f"At most {MOST_LINKS} emails can be sent for an invitation.", code="too_many_links")
    _renew(invitation)
    state_engine.fire(INVITATION_MACHINE, invitation, action)


def _renew(invitation: CandidateInvitation) -> None:
    """Give an invitation a new link and a new time limit."""
    invitation.revision += 1
    invitation.sent_at, invitation.reminded_at = clock.now(), None
    invitation.expires_at = clock.now() + timedelta(hours=invitation.hours)


def _candidate(invitation: CandidateInvitation, form: InvitationForm, named: UUID | None) -> UUID:
    """Return the candidate whose answers they are, updated or new."""
    known = named or invitation.candidate_id
    owners = active_users.among([invitation.owner_id] if invitation.owner_id else [])
    contacts = {"emails": [invitation.email], "phones": [form.phone] if form.phone else [], "links": []}
    contacts["links"] = [form.link] if form.link else []
    said: dict[str, Any] = {name: value for name in OF_CANDIDATE if (value := getattr(form, name)) not in (None, [])}
    if invitation.language is not None:
        said["preferred_language"] = invitation.language
    new = CandidateCreate.model_validate({**said, **contacts})
    if known is not None:
        points = candidate_contact_service.normalise(new.emails, new.phones, new.links)
        candidate_service.enrich(candidate_redirects.get(known).id, new, points)
        return known
    if owners:
        new.owner_id = owners[0].id  # counts for a new candidate only
    return candidate_service.upsert(new).candidate.id


def _apply(invitation: CandidateInvitation) -> None:
    """Make an application for the job of the invitation, unless it is closed or there is one."""
    if invitation.job_id is None or invitation.candidate_id is None:
        return
    with scope.unrestricted("an invitation for a job leads to an application, whoever approves it"):
        job = rows.lock_row(Job, invitation.job_id)
        live = sa.select(Application.id).where(
            Application.job_id == job.id,
            Application.candidate_id == invitation.candidate_id,
            Application.status.in_(LIVE),
        )
        if job.status == JobStatus.OPEN and db.session.scalar(live) is None:
            application_service.receive(job, invitation.candidate_id, SOURCE, None)


def _give_consents(invitation: CandidateInvitation, form: InvitationForm) -> None:
    assert invitation.candidate_id is not None and invitation.submitted_at is not None  # it was submitted
    more = [ConsentPurpose.TALENT_POOL] if form.talent_pool_consent else []
    for purpose in (ConsentPurpose.RECRUITING, *more):
        candidate_consent_service.give(
            CandidateConsentCreate(
                candidate_id=invitation.candidate_id,
                purpose=purpose,
                source=ConsentSource.FORM,
                evidence=f"Checked on the form of the invitation {invitation.id}",
                given_at=invitation.submitted_at,
            )
        )


def _locked(condition: Any) -> list[CandidateInvitation]:
    statement = sa.select(CandidateInvitation).where(condition).order_by(CandidateInvitation.id)
    return list(db.session.scalars(statement.limit(AT_ONCE).with_for_update(skip_locked=True)))


def _over() -> sa.ColumnElement[bool]:
    return sa.and_(CandidateInvitation.status.in_(FILLABLE), CandidateInvitation.expires_at <= clock.now())


def _soon() -> sa.ColumnElement[bool]:
    """Open invitations that expire within a day, were sent longer ago than that, and had no reminder."""
    now = clock.now()
    return sa.and_(
        CandidateInvitation.status.in_(FILLABLE),
        CandidateInvitation.reminded_at.is_(None),
        CandidateInvitation.expires_at > now,
        CandidateInvitation.expires_at <= now + REMIND_BEFORE,
        CandidateInvitation.sent_at <= now - REMIND_BEFORE,
    )


def _old() -> sa.ColumnElement[bool]:
    """Ended ones after 90 days; those that nobody sent or decided about after a year: they are personal data, too."""
    ended = CandidateInvitation.status.in_(UNAPPROVED) & (CandidateInvitation.updated_at <= clock.now() - KEPT)
    waiting = CandidateInvitation.status.in_(UNDECIDED)
    return ended | (waiting & (CandidateInvitation.updated_at <= clock.now() - KEPT_UNDECIDED))


def _shown(invitation: CandidateInvitation) -> InvitationOut:
    db.session.flush()
    files = invitation_files.listed(invitation.id)
    return InvitationOut.model_validate({**rows.columns_of(invitation), "files": files})
