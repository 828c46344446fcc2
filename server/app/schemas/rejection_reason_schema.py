"""Why applications end, in the tenant's own words."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from app.models.rejection_reason import ReasonKind
from app.schemas.common import Flag, In, Out, ShortLine
from app.schemas.patch import Patch


class RejectionReasonCreate(In):
    """A new reason. Names must be unique, ignoring case, accents and extra spaces."""

    name: ShortLine = Field(examples=["Not enough experience"])
    kind: ReasonKind = Field(examples=["rejected"])


class RejectionReasonUpdate(Patch):
    """Fields to change. Applications that ended with this reason keep it."""

    name: ShortLine | None = None
    is_active: Flag | None = None


class RejectionReasonOut(Out):
    """A reason. An inactive reason can no longer be selected."""

    id: UUID
    name: str
    kind: ReasonKind
    is_active: bool
