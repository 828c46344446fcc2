"""Custom fields: fields that a tenant adds to its candidates, jobs, applications and offers."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped
from app.models.base.types import Json, enum_of


class FieldKind(StrEnum):
    """The type of a custom field's values."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    BOOLEAN = "boolean"
    URL = "url"


class FieldSubject(StrEnum):
    """What a custom field belongs to."""

    CANDIDATE = "candidate"
    JOB = "job"
    APPLICATION = "application"
    OFFER = "offer"


class CustomField(TenantScoped, Versioned, BaseModel):
    """The definition of a field; its values are in the `custom_fields` of its subject, under its key."""

    __tablename__ = "custom_fields"
    __keys__ = (sa.UniqueConstraint("tenant_id", "subject", "key"),)

    subject: Mapped[FieldSubject] = mapped_column(
        enum_of(FieldSubject, "subject"), default=FieldSubject.CANDIDATE, server_default=FieldSubject.CANDIDATE
    )  # fixed, like the key
    key: Mapped[str] = mapped_column(sa.String(40))  # fixed, since values are stored under it
    label: Mapped[str] = mapped_column(sa.String(200))
    kind: Mapped[FieldKind] = mapped_column(enum_of(FieldKind, "kind"))  # fixed, since values are of this type
    choices: Mapped[list[str]] = mapped_column(Json, default=list)  # values keep choices that were removed
    position: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    is_archived: Mapped[bool] = mapped_column(default=False)  # accepts no new values, keeps the present ones
