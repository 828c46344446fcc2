"""Active tenants: which have due work, and how scheduled functions run in each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from app.extensions import db
from app.models import Tenant
from app.models.tenant import TenantStatus
from app.utils import scope

log = structlog.get_logger("jobs")


class TenantsFailed(Exception):
    """The function failed for some tenants; the others succeeded."""


def having(model: Any, due: Any) -> list[str]:
    """Return the ids, as text, of the active tenants with rows of `model` that match `due`; in the platform's scope."""
    active = sa.and_(Tenant.id == model.tenant_id, Tenant.status == TenantStatus.ACTIVE)
    statement = sa.select(model.tenant_id).join(Tenant, active).where(due)
    return [str(tenant_id) for tenant_id in db.session.scalars(statement.distinct())]


def in_each(tenants: Iterable[UUID], function: Callable[[], int]) -> int:
    """Call `function` in the scope of each tenant and return the sum of its results.

    A failure is logged and does not affect the other tenants. TenantsFailed, raised at the end, causes a retry for all
    of them, so `function` must be idempotent.
    """
    done = failed = 0
    for tenant_id in tenants:
        try:
            with scope.tenant(tenant_id, scope.actor()):
                done += function()
        except Exception as error:
            # Only the type of the error: its text may contain personal data.
            log.warning("tenant not served", tenant=str(tenant_id), error=type(error).__name__)
            failed += 1
    if failed:
        raise TenantsFailed(f"{failed} tenants were not served")
    return done
