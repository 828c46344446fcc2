"""Where the world finds the careers page of a tenant and what hangs on it."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Tenant
from app.utils import scope
from app.utils.addresses import addresses


def slug() -> str:
    """The slug of the bound tenant."""
    return db.session.scalars(sa.select(Tenant.slug).where(Tenant.id == scope.tenant_id())).one()


def of_tenant(slug: str) -> str:
    """The list of jobs."""
    return f"{addresses.api}/careers/{slug}"


def of_posting(slug: str, posting_id: UUID) -> str:
    """One job."""
    return f"{of_tenant(slug)}/jobs/{posting_id}"
