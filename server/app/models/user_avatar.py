"""Avatars: pictures of users."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant


class UserAvatar(TenantScoped, BaseModel):
    """The avatar of a user. Each new one has a new id, so that its URL can be cached for ever.

    In the database rather than in the file store: it is small, and goes with the user in every export.
    """

    __tablename__ = "user_avatars"
    __keys__ = (within_tenant("user_id", "users", ondelete="CASCADE"), sa.UniqueConstraint("tenant_id", "user_id"))

    user_id: Mapped[UUID]
    image: Mapped[bytes] = mapped_column(sa.LargeBinary)  # a JPEG of 256 x 256 pixels
