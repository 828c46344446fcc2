"""The claims of access tokens, one class for each audience."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a user's access token."""

    tenant_id: UUID
    user_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class PlatformClaims:
    """The claims of a platform administrator's access token."""

    admin_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class CandidateClaims:
    """The claims of a candidate's access token for the portal."""

    tenant_id: UUID
    candidate_id: UUID
    session_id: UUID
