"""Candidate links: signed links for responses of candidates, who have no account.

A link is created when the email is sent and is not stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Tenant
from app.models.tenant import TenantStatus
from app.utils import scope
from app.utils.addresses import addresses
from app.utils.errors import NotFound
from app.utils.scope import Actor
from app.utils.signing import signer

CONTEXT_KEY = "candidate_link"
DAY = 86_400
CANDIDATE = "candidate"


class Purpose(StrEnum):
    """What a link is for: the first part of its path."""

    BOOKING = "bookings"
    INVITATION = "invitations"
    OFFER = "offers"
    UNSUBSCRIPTION = "unsubscriptions"
    SIGN_IN = "sign-ins"
    WITHDRAWAL = "withdrawals"


LIFE_DAYS = {
    Purpose.BOOKING: 180,
    Purpose.INVITATION: 60,
    Purpose.OFFER: 180,
    Purpose.SIGN_IN: 1,
    Purpose.UNSUBSCRIPTION: 3650,
    Purpose.WITHDRAWAL: 365,
}  # at most; the offer or application itself may end earlier


@dataclass(frozen=True, slots=True)
class Opened:
    """The contents of a link; the caller checks that `stamp` still matches the row."""

    row_id: UUID
    stamp: str


def link_context(purpose: Purpose, row_id: UUID, stamp: object = "") -> dict[str, Any]:
    """Return the part of an email's context that becomes `link` when the email is sent."""
    return {CONTEXT_KEY: {"purpose": purpose.value, "row_id": str(row_id), "stamp": str(stamp)}}


def fill(context: dict[str, Any]) -> dict[str, Any]:
    """Add the link to an email's context if it has a `link_context`."""
    promised = context.get(CONTEXT_KEY)
    if promised is None:
        return context
    purpose = Purpose(promised["purpose"])
    return {**context, "link": address(purpose, UUID(promised["row_id"]), promised["stamp"])}


def address(purpose: Purpose, row_id: UUID, stamp: object = "") -> str:
    """Return the URL of the page of a link."""
    return f"{addresses.api}/{purpose}/{make(purpose, row_id, stamp)}"


def make(purpose: Purpose, row_id: UUID, stamp: object = "") -> str:
    """Return a token for a row of the bound tenant."""
    return signer.sign_timed(_salt(purpose), [str(scope.tenant_id()), str(row_id), str(stamp)])


@contextmanager
def opened(purpose: Purpose, token: str) -> Iterator[Opened]:
    """Act as the candidate in the link's tenant; NotFound if it is forged or expired, or the tenant is not active."""
    tenant_id, row_id, stamp = signer.read_timed(_salt(purpose), token, LIFE_DAYS[purpose] * DAY)
    with scope.tenant(UUID(tenant_id), Actor(CANDIDATE)):
        status = db.session.scalar(sa.select(Tenant.status).where(Tenant.id == scope.tenant_id()))
        if status != TenantStatus.ACTIVE:
            raise NotFound("The link is invalid or has expired.")
        yield Opened(UUID(row_id), stamp)


def _salt(purpose: Purpose) -> str:
    # A salt of its own, so that no other signed text is accepted as a link.
    return f"candidate-link-{purpose}"
