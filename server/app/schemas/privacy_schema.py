"""A person's rights: exports of all that is kept, erasures with their certificates."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from app.models.privacy_request import PrivacyKind, PrivacyStatus
from app.schemas.common import In, Out, Reason, UtcMoment
from app.schemas.lists import AnyOf, Ids, ListQuery


class CandidateErasure(In):
    """Why the candidate is erased. The reason is recorded in the ledger."""

    reason: Reason = Field(examples=["Asked for by mail on 3 May"])


class PrivacyRefusal(In):
    """Why a request of a candidate is refused. The candidate reads it."""

    reason: Reason = Field(examples=["The identity could not be established."])


class ErasureCertificate(Out):
    """What was erased, and when. The signature covers exactly these members, as JSON with sorted keys."""

    tenant_id: str
    subject_id: str
    erased_at: str
    deleted: dict[str, int] = Field(description="Number of deleted rows by table")


class PrivacyRequestOut(Out):
    """An export or an erasure. The certificate is signed (Ed25519, over its JSON with sorted keys)."""

    id: UUID
    kind: PrivacyKind
    status: PrivacyStatus
    subject_id: UUID = Field(description="Id of the candidate, even after an erasure")
    requested_by_id: UUID | None = Field(description="The user who asked for it, or decided about it")
    is_by_candidate: bool = Field(description="Whether the candidate asked for it, on the portal")
    status_reason: str | None = Field(description="Why it was refused")
    size: int | None = Field(description="Size of the archive in bytes")
    expires_at: UtcMoment | None
    certificate: ErasureCertificate | None
    key_id: str | None = Field(
        description="Id of the key that signed the certificate, as in the checkpoints of the ledger"
    )
    signature: str | None
    created_at: UtcMoment


class PrivacyRequestQuery(ListQuery):
    """Filters for listing exports and erasures."""

    kind: AnyOf[PrivacyKind] | None = None
    status: AnyOf[PrivacyStatus] | None = None
    is_by_candidate: bool | None = Field(None, description="Only those that candidates made, or only others")
    subject_id: Ids | None = None
