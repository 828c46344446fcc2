"""Public URLs of a tenant's careers page and postings."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Tenant
from app.utils import scope
from app.utils.addresses import addresses


def slug() -> str:
    """Return the slug of the current tenant."""
    return db.session.scalars(sa.select(Tenant.slug).where(Tenant.id == scope.tenant_id())).one()


def of_tenant(slug: str) -> str:
    """Return the URL of the careers page."""
    return f"{addresses.api}/careers/{slug}"


def of_posting(slug: str, posting_id: UUID) -> str:
    """Return the URL of a posting."""
    return f"{of_tenant(slug)}/jobs/{posting_id}"
