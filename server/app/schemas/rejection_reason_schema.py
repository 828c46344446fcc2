"""Why applications end, in the tenant's own words."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from app.models.rejection_reason import ReasonKind
from app.schemas.common import Flag, In, Out, ShortLine


class RejectionReasonCreate(In):
    """A new reason; two spellings of one name are one."""

    name: ShortLine = Field(examples=["Not enough experience"])
    kind: ReasonKind = Field(examples=["rejected"])


class RejectionReasonUpdate(In):
    """What to change; applications that ended so go on naming it."""

    name: ShortLine | None = None
    is_active: Flag | None = None


class RejectionReasonOut(Out):
    """A reason; one that is not active is offered no more."""

    id: UUID
    name: str
    kind: ReasonKind
    is_active: bool
