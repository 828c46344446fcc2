"""Interviews, their kits and scorecards."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.schemas.interview_kit_schema import InterviewKitCreate
from app.schemas.interview_schema import InterviewCreate
from app.services.interviews import interview_kit_service, interview_service
from app.utils import clock
from tests.factories.application import make_application
from tests.factories.tenant import SampleTenant

RUBRIC = [{"name": "SQL", "description": "Joins and plans"}, {"name": "Speech", "description": None}]


def make_interview_kit(tenant: SampleTenant, name: str = "Technical interview", **values: Any) -> UUID:
    """Create an interview kit with two criteria."""
    body = {"name": name, "rubric": RUBRIC, "questions": ["Why SQL?"], **values}
    with tenant.bound():
        return interview_kit_service.create(InterviewKitCreate.model_validate(body)).id


def in_days(days: float, hour: int = 10) -> str:
    """Return a time some days ahead."""
    day = (clock.now() + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
    return day.strftime("%FT%TZ")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def interview_body(tenant: SampleTenant, application_id: UUID, *roles: str, **values: Any) -> dict[str, Any]:
    """Return the body of an interview with the users of these roles, in two days by default."""
    panel = [str(tenant.users[role]) for role in roles or ("RECRUITER",)]
    time = {"starts_at": in_days(2), "minutes": 45}
    return {"application_id": str(application_id), "kind": "video", "panel": panel, "time": time, **values}


def make_interview(tenant: SampleTenant, application_id: UUID | None = None, *roles: str, **values: Any) -> UUID:
    """Create a scheduled interview."""
    body = interview_body(tenant, application_id or make_application(tenant), *roles, **values)
    with tenant.bound():
        interview_id: UUID = interview_service.create(InterviewCreate.model_validate(body)).id
    return interview_id
