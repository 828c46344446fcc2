"""What the system knows of itself, as data."""

from __future__ import annotations

from app.models.application import APPLICATION_MACHINE
from app.models.approval import APPROVAL_MACHINE
from app.models.base.state_machine import StateMachine
from app.models.interview import INTERVIEW_MACHINE
from app.models.job import JOB_MACHINE
from app.models.job_posting import POSTING_MACHINE
from app.models.offer import OFFER_MACHINE
from app.models.permission import PERMISSIONS
from app.models.tenant import TENANT_MACHINE
from app.schemas.common import Page
from app.schemas.meta_schema import PermissionOut
from app.services.core import listing

MACHINES = (
    APPLICATION_MACHINE,
    APPROVAL_MACHINE,
    INTERVIEW_MACHINE,
    OFFER_MACHINE,
    JOB_MACHINE,
    POSTING_MACHINE,
    TENANT_MACHINE,
)


def permissions() -> Page[PermissionOut]:
    """Every permission with its meaning, by name."""
    return listing.whole([PermissionOut(name=name, description=text) for name, text in sorted(PERMISSIONS.items())])


def state_machines() -> Page[StateMachine]:
    """Every state machine."""
    return listing.whole(MACHINES)
