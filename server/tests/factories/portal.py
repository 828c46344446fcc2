"""Candidates who have signed in on the portal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.extensions import db
from app.models import PortalSession
from app.schemas.portal_schema import CorrectionCreate
from app.services.candidates import candidate_correction_service
from app.services.mail import candidate_links
from app.services.mail.candidate_links import Purpose
from app.services.portal import portal_session_service
from tests.factories.client import Api
from tests.factories.tenant import SampleTenant


def link_token(tenant: SampleTenant, email: str) -> str:
    """Ask for a sign-in link, and return its token."""
    with tenant.app.app_context():
        portal_session_service.ask(tenant.slug, email)
    with tenant.bound():
        session = db.session.scalars(db.select(PortalSession.id).order_by(PortalSession.id.desc())).first()
        assert session is not None, "the address is not known"
        return candidate_links.make(Purpose.SIGN_IN, session)


def sign_in(tenant: SampleTenant, email: str) -> Api:
    """Return a client of the candidate with this address."""
    token = link_token(tenant, email)
    with tenant.app.app_context():
        return Api(tenant.app, portal_session_service.open_session(token)[0].access_token)


def make_correction(tenant: SampleTenant, candidate_id: UUID, **values: Any) -> UUID:
    """Propose a correction."""
    with tenant.bound():
        new = CorrectionCreate.model_validate({"field": "location", "value": "Bremen", **values})
        return candidate_correction_service.propose(candidate_id, new).id
