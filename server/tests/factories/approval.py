"""Approval chains and approvals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.schemas.approval_schema import ApprovalChainCreate, ApprovalQuery
from app.schemas.job_schema import JobAction
from app.services.approvals import approval_chain_service, approval_service
from app.services.jobs import job_service
from tests.factories.job import make_job
from tests.factories.tenant import SampleTenant


def make_chain(
    tenant: SampleTenant, *groups: dict[str, Any], subject: str = "job", department_id: UUID | None = None
) -> UUID:
    """Create an approval chain."""
    body = {"subject": subject, "department_id": department_id, "groups": list(groups)}
    with tenant.bound():
        return approval_chain_service.create(ApprovalChainCreate.model_validate(body)).id


def group_of(tenant: SampleTenant, *roles: str, quorum: int = 1) -> dict[str, Any]:
    """Return a group of the users with these roles."""
    return {"user_ids": [str(tenant.users[role]) for role in roles], "quorum": quorum}


def make_approval(tenant: SampleTenant, department_id: UUID) -> dict[str, UUID]:
    """Create an approval of a job in the department, by the tenant's administrator and a recruiter."""
    group = group_of(tenant, "TENANT_ADMIN", "RECRUITER", quorum=2)
    chain = make_chain(tenant, group, department_id=department_id)
    job = make_job(tenant, opened=False, department_id=str(department_id))
    with tenant.bound():
        job_service.act(job, "submit", JobAction(), None)
        approval = approval_service.list_approvals(ApprovalQuery.model_validate({"job_id": job})).data[0].id
    return {"chain_id": chain, "approval_id": approval}
