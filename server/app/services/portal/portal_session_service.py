"""Sessions on the portal: a link by email, used once, opens one; no response says whether an address is known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateContact, PortalSession, Tenant
from app.models.candidate_contact import NOBODY, ContactKind
from app.models.tenant import TenantStatus
from app.schemas.portal_schema import PortalDoor, PortalLinkSent, PortalToken
from app.services.careers import careers_service
from app.services.core import rows
from app.services.core.transaction import mark_deleted, use_case
from app.services.events import event_service
from app.services.mail import candidate_links, email_message_service
from app.services.mail.candidate_links import Opened, Purpose
from app.services.settings import tenant_settings_service
from app.utils import clock, scope
from app.utils.errors import NotFound, Unauthenticated
from app.utils.jwt_codec import jwt_codec
from app.utils.scope import Actor, Visibility
from app.utils.token_claims import CandidateClaims

CANDIDATE = "candidate"
SETTING = "candidate_portal"
SECONDS = 0.25  # minimum duration, so that the response time does not reveal known addresses
LINK_HOURS, LINKS_AN_HOUR = 1, 5
SESSION = timedelta(hours=12)
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CandidatePrincipal:
    """A candidate who has signed in."""

    tenant_id: UUID
    candidate_id: UUID
    session_id: UUID
    slug: str


def door(slug: str) -> PortalDoor:
    """Return the company of a portal; NotFound if there is none."""
    with careers_service.visiting(slug, SETTING) as tenant:
        return _door(tenant)


def ask(slug: str, email: str) -> PortalLinkSent:
    """Send a link to a known address, and do nothing for another; the response does not say which."""
    with clock.at_least(SECONDS), careers_service.visiting(slug, SETTING):
        _ask(email)
        return PortalLinkSent()


def confirm(token: str) -> PortalDoor:
    """Return the company of an unused link, without using it; NotFound if it is invalid, used or too old."""
    with candidate_links.opened(Purpose.SIGN_IN, token) as link:
        _unused(link, db.session.get(PortalSession, link.row_id))
        return _door(rows.get(Tenant, scope.tenant_id()))


def open_session(token: str) -> tuple[PortalToken, str]:
    """Use a link, and return an access token and the slug of the tenant; NotFound if it was used, or is too old."""
    with candidate_links.opened(Purpose.SIGN_IN, token) as link:
        return _open(link)


@use_case
def close(session_id: UUID) -> None:
    """End a session."""
    session = rows.lock_row(PortalSession, session_id)
    session.expires_at = clock.now()


@contextmanager
def signed_in(token: str, request_id: str | None = None) -> Iterator[CandidatePrincipal]:
    """Act as the candidate of an access token, who sees their own rows alone; Unauthenticated if it is not valid."""
    claims = jwt_codec.decode_candidate(token)
    with scope.tenant(claims.tenant_id, Actor(CANDIDATE, request_id=request_id)):
        principal = _resolve(claims)
    own = Visibility(candidate=principal.candidate_id)
    with scope.tenant(claims.tenant_id, Actor(CANDIDATE, request_id=request_id, visibility=own)):
        yield principal


@use_case
def purge_old() -> int:
    """Delete the sessions of all tenants that ended a day ago, and return their number."""
    ended = sa.delete(PortalSession).where(PortalSession.expires_at < clock.now() - KEPT)
    mark_deleted()
    return int(db.session.execute(ended).rowcount)  # type: ignore[attr-defined]  # of a result of a delete


def _resolve(claims: CandidateClaims) -> CandidatePrincipal:
    # By the session, not the token: a merge moves the session to another candidate.
    statement = (
        sa.select(PortalSession.candidate_id, Tenant.slug)
        .join(Tenant, Tenant.id == PortalSession.tenant_id)
        .where(
            PortalSession.id == claims.session_id,
            PortalSession.opened_at.is_not(None),
            PortalSession.expires_at > clock.now(),
            Tenant.status == TenantStatus.ACTIVE,
        )
    )
    found = db.session.execute(statement).one_or_none()
    if found is None or not getattr(tenant_settings_service.current(), SETTING):
        raise Unauthenticated("The access token is missing, invalid or expired.", code="invalid_token")
    return CandidatePrincipal(claims.tenant_id, found.candidate_id, claims.session_id, found.slug)


@use_case
def _ask(email: str) -> None:
    bearer = sa.select(CandidateContact.candidate_id).where(
        CandidateContact.kind == ContactKind.EMAIL,
        CandidateContact.value == email.lower(),
        CandidateContact.is_parsed.is_(False),  # what a resume names may be a referee's
        CandidateContact.shared_by == NOBODY,  # whoever shares an address does not see the other person's data
    )
    candidate_id = db.session.scalar(bearer)
    if candidate_id is None:
        return
    candidate = rows.lock_row(Candidate, candidate_id)  # one at a time, so that the limit holds
    recent = sa.select(sa.func.count()).where(
        PortalSession.candidate_id == candidate_id, PortalSession.created_at > clock.now() - timedelta(hours=1)
    )
    if (db.session.scalar(recent) or 0) >= LINKS_AN_HOUR:
        return
    session = PortalSession(candidate_id=candidate_id, expires_at=clock.now() + timedelta(hours=LINK_HOURS))
    db.session.add(session)
    db.session.flush()  # the link needs the id
    email_message_service.queue(
        "candidate_sign_in",
        email,
        key=f"candidate_sign_in:{session.id}",
        context={
            **candidate_links.link_context(Purpose.SIGN_IN, session.id),
            "name": candidate.name,
            "hours": LINK_HOURS,
        },
        candidate_id=candidate_id,
    )


@use_case
def _open(link: Opened) -> tuple[PortalToken, str]:
    session = _unused(link, db.session.get(PortalSession, link.row_id, with_for_update=True))
    session.opened_at, session.expires_at = clock.now(), clock.now() + SESSION
    event_service.record("portal_session.opened", session, candidate_id=session.candidate_id)
    claims = CandidateClaims(scope.tenant_id(), session.candidate_id, session.id)
    token = jwt_codec.encode_candidate(claims, session.expires_at)
    slug = db.session.scalars(sa.select(Tenant.slug).where(Tenant.id == scope.tenant_id())).one()
    return PortalToken(access_token=token, expires_in=int(SESSION.total_seconds())), slug


def _unused(link: Opened, session: PortalSession | None) -> PortalSession:
    if session is None or session.opened_at is not None or session.expires_at <= clock.now():
        raise NotFound("The link is invalid or has expired.")
    return session


def _door(tenant: Tenant) -> PortalDoor:
    return PortalDoor(**tenant_settings_service.imprint(tenant), company=tenant.name)
