"""Messages to candidates."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import UUID

from app.schemas.mail_plan_schema import MailPlanCreate
from app.schemas.mail_suppression_schema import SuppressionCreate
from app.schemas.message_schema import MessageCreate
from app.services.mail import mail_suppression_service
from app.services.messages import mail_plan_service, message_service
from tests.factories.tenant import SampleTenant

_numbers = itertools.count(1)


def make_message(tenant: SampleTenant, candidate_id: UUID) -> UUID:
    """Write to a candidate who has an address."""
    with tenant.bound():
        text = MessageCreate(subject="A position", text="Hello {name}.")
        return message_service.send(candidate_id, text).id


def make_plan(tenant: SampleTenant, *candidate_ids: UUID, **values: Any) -> UUID:
    """Plan a message to candidates."""
    steps = [{"subject": "A position", "text": "Hello {name}."}]
    body = {"name": f"Plan {next(_numbers)}", "candidate_ids": candidate_ids or None, "steps": steps, **values}
    with tenant.bound():
        return mail_plan_service.create(MailPlanCreate.model_validate(body)).id


def make_suppression(tenant: SampleTenant) -> UUID:
    """Suppress an address."""
    with tenant.bound():
        new = SuppressionCreate(address=f"gone{next(_numbers)}@people.example")
        return mail_suppression_service.create(new).id
