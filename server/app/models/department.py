"""Departments of a tenant, which jobs belong to."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped


class Department(TenantScoped, BaseModel):
    """A department; `key` is the folded name, so that different spellings are the same department."""

    __tablename__ = "departments"
    __keys__ = (sa.UniqueConstraint("tenant_id", "key"),)

    name: Mapped[str] = mapped_column(sa.String(60))
    key: Mapped[str] = mapped_column(sa.String(60))
