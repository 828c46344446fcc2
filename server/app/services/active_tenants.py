"""The tenants that a round of the clock goes to."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import Tenant
from app.models.tenant import TenantStatus


def having(model: Any, due: Any) -> list[str]:
    """The active tenants with rows of `model` for which `due` holds, as text; in the platform's scope."""
    active = sa.and_(Tenant.id == model.tenant_id, Tenant.status == TenantStatus.ACTIVE)
    statement = sa.select(model.tenant_id).join(Tenant, active).where(due)
    return [str(tenant_id) for tenant_id in db.session.scalars(statement.distinct())]
