"""Pipelines, boards and actions on many applications."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.schemas.application_bulk_schema import ApplicationBulkReject
from app.schemas.pipeline_schema import PipelineTemplateCreate
from app.services import application_bulk_service, pipeline_template_service
from tests.factories.application import make_application
from tests.factories.tenant import Kit

STAGES: list[dict[str, Any]] = [
    {"name": "Inbox", "kind": "applied"},
    {"name": "Call", "kind": "screen"},
    {"name": "Done", "kind": "hired"},
]


def make_pipeline(kit: Kit, name: str = "Short", **values: Any) -> UUID:
    """A pipeline that jobs may take a copy of."""
    new = PipelineTemplateCreate.model_validate({"name": name, "stages": STAGES, **values})
    with kit.bound():
        return pipeline_template_service.create(new).id


def make_bulk_move(kit: Kit) -> UUID:
    """An action on many applications, here the rejection of one."""
    wish = ApplicationBulkReject(application_ids=[make_application(kit)], reason="The position is filled.")
    with kit.bound():
        operation_id: UUID = application_bulk_service.reject(wish).id
    return operation_id
