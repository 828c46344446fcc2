"""Tags, pools, notes, tasks, saved searches, bulk operations and custom fields."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import UUID

from app.schemas.candidate_bulk_schema import BulkAction
from app.schemas.candidate_tag_schema import CandidateTagCreate
from app.schemas.custom_field_schema import CustomFieldCreate
from app.schemas.note_schema import NoteCreate
from app.schemas.saved_search_schema import SavedSearchCreate
from app.schemas.saved_view_schema import SavedViewCreate
from app.schemas.talent_pool_schema import TalentPoolCreate
from app.schemas.task_schema import TaskCreate
from app.services.candidates import (
    candidate_bulk_service,
    candidate_tag_service,
    custom_field_service,
    saved_search_service,
    talent_pool_service,
)
from app.services.collaboration import note_service, saved_view_service, task_service
from tests.factories.tenant import SampleTenant

DUE = "2027-01-31T09:00:00Z"
_numbers = itertools.count(1)


def make_tag(tenant: SampleTenant, name: str | None = None) -> UUID:
    with tenant.bound():
        return candidate_tag_service.create(CandidateTagCreate(name=name or f"Tag {next(_numbers)}")).id


def make_pool(tenant: SampleTenant, name: str | None = None) -> UUID:
    with tenant.bound():
        return talent_pool_service.create(TalentPoolCreate(name=name or f"Pool {next(_numbers)}")).id


def make_note(tenant: SampleTenant, candidate_id: UUID, **values: Any) -> UUID:
    """Create a public note without a specific author."""
    body = {"candidate_id": candidate_id, "body": "Met at the fair.", **values}
    with tenant.bound():
        return note_service.create(NoteCreate.model_validate(body)).id


def make_task(tenant: SampleTenant, candidate_id: UUID, **values: Any) -> UUID:
    body = {"candidate_id": candidate_id, "title": "Call back", "due_at": DUE, **values}
    with tenant.bound():
        return task_service.create(TaskCreate.model_validate(body)).id


def make_search(tenant: SampleTenant, role: str = "TENANT_ADMIN", **values: Any) -> UUID:
    """Create a shared saved search of a user."""
    body = {"name": f"Search {next(_numbers)}", "query": {"q": "python"}, "is_shared": True, **values}
    with tenant.bound():
        return saved_search_service.create(tenant.users[role], SavedSearchCreate.model_validate(body)).id


def make_view(tenant: SampleTenant, role: str = "TENANT_ADMIN", **values: Any) -> UUID:
    """Create a shared view of the applications."""
    body = {"resource": "applications", "name": f"View {next(_numbers)}", "is_shared": True, **values}
    with tenant.bound():
        return saved_view_service.create(tenant.users[role], SavedViewCreate.model_validate(body)).id


def make_bulk_operation(tenant: SampleTenant, candidate_id: UUID) -> UUID:
    """Create a bulk operation that changed nothing."""
    with tenant.bound():
        return candidate_bulk_service.run("activate", BulkAction(candidate_ids=[candidate_id])).id


def make_field(tenant: SampleTenant, kind: str = "text", **values: Any) -> UUID:
    """Create a custom field; its key defaults to its kind."""
    body = {"key": kind, "label": kind.title(), "kind": kind, **values}
    with tenant.bound():
        return custom_field_service.create(CustomFieldCreate.model_validate(body)).id
