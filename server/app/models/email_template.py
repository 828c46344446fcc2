"""Email templates: the texts that a tenant wrote, each change a new version."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant


class EmailTemplate(TenantScoped, BaseModel):
    """One version of the text of a kind of email in a language. Without a current one, the shipped text is sent."""

    __tablename__ = "email_templates"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "kind", "language", "version"),
        within_tenant("author_id", "users"),
        sa.Index(
            "uq_email_templates_tenant_id_kind_language_current",
            "tenant_id",
            "kind",
            "language",
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        ),
    )

    kind: Mapped[str] = mapped_column(sa.String(80))  # as in `mail_texts`, or "own.NAME" for one of the tenant
    language: Mapped[str] = mapped_column(sa.String(2))
    version: Mapped[int]
    is_current: Mapped[bool] = mapped_column(default=True)
    subject: Mapped[str] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str | None] = mapped_column(sa.Text)  # NULL: the text, in paragraphs
    button: Mapped[str | None] = mapped_column(sa.String(80))
    author_id: Mapped[UUID | None]  # NULL: written with an API key
