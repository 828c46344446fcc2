"""Sandboxes: separate tenants with synthetic data for trials."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import CandidateResume, Tenant, User
from app.models.candidate_resume import ResumeStatus
from app.schemas.tenant_schema import SandboxOut, TenantNew, TenantOut
from app.services.core import rows
from app.services.core.transaction import end_read, use_case
from app.services.events import event_service, outbox_service
from app.services.platform import seed_service
from app.services.tenants import tenant_service
from app.utils import ids, scope
from app.utils.errors import Conflict
from app.utils.scope import Actor

PLAN = "FREE"
PEOPLE = 30  # the FREE plan allows 50 candidates
SUFFIX = "-sandbox"
MAX_SLUG = 63  # the length of the column
OPENED = "tenant/sandbox_opened"


def open_own(user_id: UUID) -> SandboxOut:
    """Create a sandbox of the current tenant; the user becomes its administrator, with their current password."""
    tenant = rows.get(Tenant, scope.tenant_id())
    if tenant.is_sandbox:
        raise Conflict("A sandbox cannot have a sandbox of its own.", code="sandbox_of_sandbox")
    user = rows.get(User, user_id, joinedload(User.role))
    new = TenantNew(
        name=f"{tenant.name[:180]} (sandbox)",  # the column holds 200 characters
        slug=f"{tenant.slug[: MAX_SLUG - len(SUFFIX)]}{SUFFIX}",  # unique: a second sandbox is a conflict
        time_zone=tenant.time_zone,
        locale=tenant.locale,
        admin_name=user.name,
        admin_email=user.email,
    )
    end_read()
    # The user belongs to another tenant, and the events of the new one do not name them.
    with scope.tenant(ids.new_id(), Actor("sandbox")):
        opened = SandboxOut(tenant=_open(new, user.password_hash), login_email=user.email)
    # In the user's own tenant; a second transaction, because the scope cannot change within one.
    _note_opened(opened.tenant.slug)
    return opened


@use_case
def fill_later() -> None:
    """Mark the new tenant as a sandbox without candidate mails, and enqueue its synthetic data."""
    tenant = db.session.get_one(Tenant, scope.tenant_id())
    tenant.is_sandbox, tenant.settings = True, {"candidate_mails": False}
    outbox_service.enqueue(OPENED)


def add_people() -> int:
    """Add the jobs and resumes of the current sandbox, and return the number of people; safe to repeat."""
    _require_sandbox()
    seed_service.seed_jobs(scope.tenant_id(), seed_service.quietly)
    seed_service.seed_people(scope.tenant_id(), seed_service.quietly, PEOPLE)
    return PEOPLE


def is_parsed() -> bool:
    """Return whether every resume of the current tenant has been parsed."""
    waiting = CandidateResume.status.in_((ResumeStatus.PENDING, ResumeStatus.PARSING))
    return db.session.scalar(sa.select(CandidateResume.id).where(waiting).limit(1)) is None


def add_applications() -> None:
    """Add applications of the best matches for jobs without applications; safe to repeat."""
    _require_sandbox()
    seed_service.rank_jobs(scope.tenant_id())
    seed_service.seed_applications(scope.tenant_id(), seed_service.quietly)


@use_case
def _note_opened(slug: str) -> None:
    event_service.record("tenant.sandbox_opened", rows.get(Tenant, scope.tenant_id()), sandbox=slug)


@use_case
def _open(new: TenantNew, password_hash: str | None) -> TenantOut:
    tenant_service.create(new, PLAN, password_hash)
    fill_later()
    db.session.flush()
    return tenant_service.current()


def _require_sandbox() -> None:
    if not rows.get(Tenant, scope.tenant_id()).is_sandbox:
        raise Conflict("Only a sandbox can be filled with synthetic data.", code="not_a_sandbox")
