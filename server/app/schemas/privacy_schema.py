"""A person's rights: exports of all that is kept, erasures with their certificates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field

from app.models.privacy_request import PrivacyKind, PrivacyStatus
from app.schemas.common import In, ListQuery, Out, Reason, UtcMoment


class CandidateErasure(In):
    """Why a person is erased; it stands in the ledger."""

    reason: Reason = Field(examples=["Asked for by mail on 3 May"])


class PrivacyRequestOut(Out):
    """An export or an erasure. The certificate is signed (Ed25519, over its JSON with sorted keys)."""

    id: UUID
    kind: PrivacyKind
    status: PrivacyStatus
    subject_id: UUID = Field(description="The candidate's id, also of one who is gone")
    requested_by_id: UUID | None
    size: int | None = Field(description="Bytes of the archive")
    expires_at: UtcMoment | None
    certificate: dict[str, Any] | None
    key_id: str | None = Field(description="The key of /audit/keys that signed the certificate")
    signature: str | None
    created_at: UtcMoment


class PrivacyRequestQuery(ListQuery):
    """Filters of exports and erasures."""

    kind: PrivacyKind | None = None
    subject_id: UUID | None = None
