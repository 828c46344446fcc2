"""The demonstration tenant shows something to each of its logins."""

from __future__ import annotations

import sqlalchemy as sa

from app.extensions import db
from app.models import CandidateDocument, User
from app.services.platform import seed_service
from app.utils import scope


def test_the_lead_and_the_recruiter_own_people(app):
    with app.app_context():
        tenant_id = seed_service.seed_tenant()
        seed_service.seed_people(tenant_id, seed_service.quietly, count=12)
        with scope.tenant(tenant_id, scope.SYSTEM):
            owners = sa.select(User.email).join(CandidateDocument, CandidateDocument.uploaded_by_id == User.id)
            assert (
                sorted(db.session.scalars(owners)) == ["lead@harbour.example"] * 6 + ["recruiter@harbour.example"] * 6
            )
