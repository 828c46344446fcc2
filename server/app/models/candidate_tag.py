"""Tags: short labels of a tenant, and the candidates that have them."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant


class CandidateTag(TenantScoped, BaseModel):
    """A tag; `key` is the folded name, so that different spellings are the same tag."""

    __tablename__ = "candidate_tags"
    __keys__ = (sa.UniqueConstraint("tenant_id", "key"),)

    name: Mapped[str] = mapped_column(sa.String(60))
    key: Mapped[str] = mapped_column(sa.String(60))
    color: Mapped[str | None] = mapped_column(sa.String(7))


class CandidateTagging(TenantScoped, BaseModel):
    """The tag of a candidate."""

    __tablename__ = "candidate_taggings"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "candidate_id", "tag_id"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("tag_id", "candidate_tags", ondelete="CASCADE"),
        # The unique key finds the tags of a candidate; this, the candidates of a tag.
        sa.Index("ix_candidate_taggings_tenant_id_tag_id_candidate_id", "tenant_id", "tag_id", "candidate_id"),
    )

    candidate_id: Mapped[UUID]
    tag_id: Mapped[UUID]
