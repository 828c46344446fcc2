"""Invitations of candidates, and types of documents."""

from __future__ import annotations

import io
import itertools
from typing import Any
from uuid import UUID

from app.models import CandidateInvitation
from app.schemas.candidate_invitation_schema import InvitationCreate, InvitationFileForm
from app.schemas.document_type_schema import DocumentRequirementCreate, DocumentTypeCreate
from app.services.candidates import document_type_service
from app.services.core import rows
from app.services.invitations import candidate_invitation_service, public_invitation_service
from app.services.mail import candidate_links
from app.services.mail.candidate_links import Purpose
from app.utils.file_store import Upload
from tests.factories.tenant import SampleTenant

_numbers = itertools.count(1)


def make_invitation(tenant: SampleTenant, **values: Any) -> UUID:
    """Invite somebody by email."""
    body = {"email": f"invited{next(_numbers)}@people.example", **values}
    with tenant.bound():
        return candidate_invitation_service.create(InvitationCreate.model_validate(body)).id


def token_of(tenant: SampleTenant, invitation_id: UUID | str) -> str:
    """Return the token of the link that is valid now."""
    with tenant.bound():
        invitation = rows.get(CandidateInvitation, UUID(str(invitation_id)))
        return candidate_links.make(Purpose.INVITATION, invitation.id, invitation.revision)


def make_invitation_file(tenant: SampleTenant, invitation_id: UUID) -> UUID:
    """Send a resume with the form of an invitation."""
    token = token_of(tenant, invitation_id)
    file = Upload(io.BytesIO(f"Resume of {invitation_id}".encode()), "resume.txt")
    with tenant.app.app_context():
        return public_invitation_service.add_file(token, InvitationFileForm(), file).files[0].id


def make_document_type(tenant: SampleTenant, **values: Any) -> UUID:
    """Add a type of document."""
    with tenant.bound():
        new = DocumentTypeCreate.model_validate({"name": f"Certificate {next(_numbers)}", **values})
        return document_type_service.create(new).id


def make_requirement(tenant: SampleTenant, document_type_id: UUID, job_id: UUID | None = None) -> UUID:
    """Require a type of document."""
    with tenant.bound():
        new = DocumentRequirementCreate(document_type_id=document_type_id, job_id=job_id)
        return document_type_service.require(new).id
