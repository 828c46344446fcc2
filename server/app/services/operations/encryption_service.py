"""Rotation of encryption keys: secrets encrypted with older keys are encrypted again with the first key."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import EmailIntegration, InterviewerCalendar, PlatformAdmin, User
from app.services.core.transaction import end_read, use_case
from app.utils.encryption import cipher
from app.utils.parts import parts

ENCRYPTED = (
    User.totp_secret,
    PlatformAdmin.totp_secret,
    EmailIntegration.encrypted_secret,
    InterviewerCalendar.encrypted_url,
    InterviewerCalendar.encrypted_password,
)
AT_ONCE = 200


def rotate() -> int:
    """Encrypt every secret again and return the number; in the platform's scope. Safe to repeat."""
    return sum(_rotate(column) for column in ENCRYPTED)


def _rotate(column: Any) -> int:
    model = column.class_
    done = 0
    # Ids first, then small transactions, so that no lock is held for all tenants at once.
    ids = db.session.scalars(sa.select(model.id).where(column.is_not(None)).order_by(model.id)).all()
    end_read()
    for part in parts(ids, AT_ONCE):
        done += _renew(column, part)
    return done


@use_case
def _renew(column: Any, ids: list[UUID]) -> int:
    model = column.class_
    # Locked, so that a secret that its user replaces meanwhile is not overwritten with the old one.
    rows = db.session.scalars(sa.select(model).where(model.id.in_(ids), column.is_not(None)).with_for_update()).all()
    for row in rows:
        setattr(row, column.key, cipher.renew(getattr(row, column.key)))
    return len(rows)
