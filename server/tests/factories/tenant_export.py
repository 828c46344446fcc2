"""Tenant exports."""

from __future__ import annotations

import io
from uuid import UUID

from app.services.tenants import tenant_export_service
from app.utils.file_store import file_store
from tests.factories.tenant import SampleTenant


def make_export(tenant: SampleTenant) -> UUID:
    """Create a completed export with a placeholder archive."""
    export = tenant_export_service.ask().id
    stored = file_store.save(f"{tenant.id}/exports/{export}", io.BytesIO(b"PK"))
    tenant_export_service._finish(export, stored)
    return export
