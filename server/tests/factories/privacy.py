"""Consents and subject exports."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.schemas.candidate_consent_schema import CandidateConsentCreate
from app.services.candidates import candidate_consent_service
from app.services.privacy import subject_export_service
from tests.factories.tenant import SampleTenant


def make_consent(tenant: SampleTenant, candidate_id: UUID, **values: Any) -> UUID:
    """Create a consent to the talent pool."""
    body = {
        "candidate_id": candidate_id,
        "purpose": "talent_pool",
        "source": "form",
        "given_at": "2026-01-01T00:00:00Z",
    }
    with tenant.bound():
        return candidate_consent_service.give(CandidateConsentCreate.model_validate({**body, **values})).id


def make_subject_export(tenant: SampleTenant, candidate_id: UUID) -> UUID:
    """Create a completed subject export."""
    with tenant.bound():
        request = subject_export_service.ask(candidate_id).id
        subject_export_service.build(request)
    return request
