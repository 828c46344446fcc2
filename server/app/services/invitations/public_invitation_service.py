"""How invited candidates fill in the form, by the link in their email."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import CandidateInvitation, Job, Tenant
from app.models.candidate_invitation import FILLABLE, INVITATION_MACHINE, InvitationStatus
from app.schemas.candidate_invitation_schema import (
    InvitationFileForm,
    InvitationFileOut,
    InvitationForm,
    InvitationView,
    PublicInvitation,
    RequiredDocument,
)
from app.services.candidates import document_type_service
from app.services.core import rows
from app.services.core.transaction import end_read, use_case
from app.services.invitations import invitation_files
from app.services.mail import candidate_links
from app.services.mail.candidate_links import Opened, Purpose
from app.services.settings import tenant_settings_service
from app.services.workflow import state_engine
from app.utils import clock, scope
from app.utils.errors import Conflict, Gone, Invalid, LimitReached, NotFound
from app.utils.file_store import StoredFile, Upload, file_store

ENDED = (InvitationStatus.EXPIRED, InvitationStatus.REVOKED, InvitationStatus.BOUNCED, InvitationStatus.CREATED)


def view(token: str) -> PublicInvitation:
    """Return the form with what was filled in, and record the first view."""
    with candidate_links.opened(Purpose.INVITATION, token) as link:
        return _view(link)


def save(token: str, form: InvitationForm) -> PublicInvitation:
    """Keep what was filled in so far; Conflict once it is submitted."""
    with candidate_links.opened(Purpose.INVITATION, token) as link:
        return _save(link, form)


def submit(token: str, form: InvitationForm) -> PublicInvitation:
    """Submit the form; Invalid if something required is missing, Conflict if it is submitted already."""
    with candidate_links.opened(Purpose.INVITATION, token) as link:
        return _submit(link, form)


def add_file(token: str, form: InvitationFileForm, file: Upload) -> PublicInvitation:
    """Add a file; Conflict once the form is submitted, or if the plan has no room for it."""
    with candidate_links.opened(Purpose.INVITATION, token) as link:
        _fillable(link)  # before the file is stored, which is slow
        end_read()
        stored, media_type = invitation_files.store(file)
        try:
            return _add_file(link, form, stored, media_type, file.filename)
        except LimitReached as error:
            file_store.delete(stored.key)
            raise Conflict("Files cannot be accepted at the moment.", code="no_room") from error
        except BaseException:
            file_store.delete(stored.key)
            raise


def remove_file(token: str, file_id: UUID) -> PublicInvitation:
    """Delete a file; Conflict once the form is submitted."""
    with candidate_links.opened(Purpose.INVITATION, token) as link:
        return _remove_file(link, file_id)


@use_case
def _view(link: Opened) -> PublicInvitation:
    invitation = _lock(link)
    if invitation.status == InvitationStatus.SENT:
        invitation.version += 1
        state_engine.fire_automatic(INVITATION_MACHINE, [invitation], "open")
    return _shown(invitation)


@use_case
def _save(link: Opened, form: InvitationForm) -> PublicInvitation:
    invitation = _fillable(link)
    _fill_in(invitation, form)
    return _shown(invitation)


@use_case
def _submit(link: Opened, form: InvitationForm) -> PublicInvitation:
    invitation = _fillable(link)
    _fill_in(invitation, form)
    if errors := _missing(invitation, form):
        raise Invalid("Something required is missing.", code="incomplete", errors=errors)
    invitation.submitted_at = clock.now()
    state_engine.fire_automatic(INVITATION_MACHINE, [invitation], "submit")
    return _shown(invitation)


@use_case
def _add_file(
    link: Opened, form: InvitationFileForm, stored: StoredFile, media_type: str, filename: str
) -> PublicInvitation:
    invitation = _fillable(link)
    invitation_files.add(invitation, form, stored, media_type, filename)
    _begin(invitation)
    return _shown(invitation)


@use_case
def _remove_file(link: Opened, file_id: UUID) -> PublicInvitation:
    invitation = _fillable(link)
    invitation_files.remove(invitation.id, file_id)
    db.session.flush()
    return _shown(invitation)


def _lock(link: Opened) -> CandidateInvitation:
    """Lock the invitation of a link; NotFound if there is a newer link, Gone if it has ended."""
    invitation = rows.lock_row(CandidateInvitation, link.row_id)
    if link.stamp != str(invitation.revision):
        raise NotFound("The link is invalid or has expired.")
    # Besides the status, because the function that expires invitations runs only now and then.
    is_over = invitation.expires_at is not None and invitation.expires_at <= clock.now()
    if invitation.status in ENDED or (invitation.status in FILLABLE and is_over):
        raise Gone("This invitation is no longer valid.", code="invitation_over")
    return invitation


def _fillable(link: Opened) -> CandidateInvitation:
    invitation = _lock(link)
    if invitation.status not in FILLABLE:
        raise Conflict("The form has been submitted.", code="already_submitted")
    return invitation


def _fill_in(invitation: CandidateInvitation, form: InvitationForm) -> None:
    invitation.form = form.model_dump(mode="json", exclude_defaults=True)
    _begin(invitation)


def _begin(invitation: CandidateInvitation) -> None:
    invitation.version += 1
    if INVITATION_MACHINE.find(invitation.status, "fill_in", is_automatic=True) is not None:
        state_engine.fire_automatic(INVITATION_MACHINE, [invitation], "fill_in")


def _missing(invitation: CandidateInvitation, form: InvitationForm) -> list[dict[str, str]]:
    """Return an error for everything that is required and not there."""
    fields = [name for name in ("name", "consent") if not getattr(form, name)]
    documents = [each for each in _required(invitation, invitation_files.listed(invitation.id)) if not each.is_sent]
    pointers = [f"/{name}" for name in fields] + [f"/documents/{each.id}" for each in documents]
    return [{"pointer": pointer, "code": "missing", "detail": "is required"} for pointer in pointers]


def _required(invitation: CandidateInvitation, files: list[InvitationFileOut]) -> list[RequiredDocument]:
    sent = {file.document_type_id for file in files}
    return [
        RequiredDocument.model_validate({**rows.columns_of(kind), "is_sent": kind.id in sent})
        for kind in document_type_service.required(invitation.job_id)
    ]


def _shown(invitation: CandidateInvitation) -> PublicInvitation:
    db.session.flush()
    tenant = rows.get(Tenant, scope.tenant_id())
    is_open = invitation.status in FILLABLE
    asks = invitation.status == InvitationStatus.CHANGES_REQUESTED
    job = db.session.scalar(sa.select(Job.title).where(Job.id == invitation.job_id)) if invitation.job_id else None
    files = invitation_files.listed(invitation.id) if is_open else []
    imprint = tenant_settings_service.imprint(tenant)
    # Their language rather than the tenant's, unless the visitor asks for another.
    imprint["locale"] = invitation.language or imprint["locale"]
    # What was submitted is not shown again: the link may lie in a mailbox that others read.
    form = InvitationForm.model_validate(invitation.form) if is_open else InvitationForm()
    if is_open and form.name is None:
        form.name = invitation.name
    return PublicInvitation(
        **imprint,
        company=tenant.name,
        status=_status_of(invitation),
        language=invitation.language,
        email=invitation.email,
        job_title=job,
        note=invitation.note if is_open else None,
        changes=invitation.status_reason if asks else None,
        time_zone=tenant.time_zone,
        expires_at=invitation.expires_at if is_open else None,
        form=form,
        files=files,
        required=_required(invitation, files) if is_open else [],
    )


def _status_of(invitation: CandidateInvitation) -> InvitationView:
    """Return the status as the candidate may know it: not whether somebody has decided."""
    if invitation.status not in FILLABLE:
        return InvitationView.RECEIVED
    asks = invitation.status == InvitationStatus.CHANGES_REQUESTED
    return InvitationView.CHANGES_REQUESTED if asks else InvitationView.OPEN
