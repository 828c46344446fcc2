"""Signed file URLs, valid for five minutes without signing in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Tenant
from app.models.tenant import TenantStatus
from app.schemas.common import FileLink
from app.services.access import principal_service
from app.services.core.registry import register
from app.utils import clock, scope
from app.utils.addresses import addresses
from app.utils.errors import NotFound
from app.utils.file_store import Download
from app.utils.scope import Actor
from app.utils.signing import signer

PURPOSE = "file-link"  # so that no other signed text, such as a cursor, opens a file
SECONDS = 300

Opener = Callable[[UUID], Download]
_openers: dict[str, Opener] = {}


def opens(kind: str) -> Callable[[Opener], Opener]:
    """Register the function that opens files of this kind by row id, in the scope of their tenant."""
    return partial(register, _openers, kind)


def make(kind: str, row_id: UUID) -> FileLink:
    """Return a URL of a file of the bound tenant; one made by the platform also works if the tenant is not active."""
    actor = scope.actor()
    maker = f"{actor.kind}:{actor.id}" if actor.is_caller else ""
    token = signer.sign_timed(PURPOSE, [kind, str(scope.tenant_id()), str(row_id), actor.kind == "platform", maker])
    expires = clock.now() + timedelta(seconds=SECONDS)
    return FileLink(url=f"{addresses.api}/api/v1/files/{token}", expires_at=expires)


def open_link(token: str) -> Download:
    """Open the file of a signed URL.

    NotFound if it is forged or expired, its tenant is no longer active, or the user who asked for it no longer sees it.
    """
    kind, tenant_id, row_id, by_platform, *rest = signer.read_timed(PURPOSE, token, SECONDS)
    with scope.tenant(UUID(tenant_id)):
        # Checked again, because the tenant may have been suspended since the link was made.
        status = db.session.scalar(sa.select(Tenant.status).where(Tenant.id == scope.tenant_id()))
        if status != TenantStatus.ACTIVE and not by_platform:
            raise _gone()
        # A link that a caller asked for is opened with what the caller sees now; those in mails are for who gets them.
        actor = _maker(rest[0]) if rest and rest[0] else scope.actor()
        if actor is None:
            raise _gone()
        with scope.tenant(UUID(tenant_id), actor):
            return _openers[kind](UUID(row_id))


def _maker(named: str) -> Actor | None:
    kind, _, maker_id = named.partition(":")
    find = principal_service.actor_of if kind == "user" else principal_service.actor_of_key
    return find(UUID(maker_id))


def _gone() -> NotFound:
    return NotFound("The link is invalid or has expired.")
