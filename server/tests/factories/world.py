"""Two tenants with one of everything, for the generated tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from flask import Flask

from app.schemas.api_key_schema import ApiKeyCreate
from app.schemas.subscription_plan_schema import PlanCreate
from app.services.access import api_key_service, role_service
from app.services.accounts import auth_session_service
from app.services.jobs import job_service
from app.services.matching import candidate_match_service
from app.services.resumes import candidate_resume_service
from app.services.settings import subscription_plan_service
from tests.factories.application import make_application, make_screening
from tests.factories.approval import make_approval
from tests.factories.booking import make_booking, make_calendar, make_interviewer_pool, make_pause
from tests.factories.candidate import make_candidate
from tests.factories.candidate_import import make_import
from tests.factories.candidate_merge import make_duplicate, make_merge
from tests.factories.candidate_resume import make_document, make_resume
from tests.factories.candidate_things import (
    make_bulk_operation,
    make_field,
    make_note,
    make_pool,
    make_search,
    make_tag,
    make_task,
    make_view,
)
from tests.factories.careers import make_form, make_posting, make_question, make_survey_question, make_tracking_link
from tests.factories.department import make_department, make_location
from tests.factories.email_integration import make_email_integration
from tests.factories.interview import make_interview, make_interview_kit
from tests.factories.invitation import make_document_type, make_invitation, make_invitation_file, make_requirement
from tests.factories.job import make_job
from tests.factories.message import make_message, make_plan, make_suppression
from tests.factories.offer import make_letter, make_offer
from tests.factories.pipeline import job_opening_id, make_bulk_move, make_job_template, make_pipeline, make_reason
from tests.factories.portal import make_correction
from tests.factories.privacy import make_consent, make_subject_export
from tests.factories.tenant import SampleTenant, make_tenant
from tests.factories.tenant_export import make_export


@dataclass
class Place:
    """A tenant and the ids of its records, by the names used in paths and bodies."""

    tenant: SampleTenant
    ids: dict[str, UUID]
    stage_ids: list[UUID] = field(default_factory=list)


@dataclass
class World:
    """The caller's tenant and another one."""

    own: Place
    foreign: Place


def make_world(app: Flask) -> World:
    """Create both tenants."""
    world = World(_make_place(app), _make_place(app))
    world.own.tenant.run_jobs()  # otherwise every test that runs functions would run these too, and roll them back
    return world


def _doubles(tenant: SampleTenant) -> dict[str, UUID]:
    """Create a duplicate suggestion, a merge, and two candidates who can be merged."""
    winner, loser, first, second = (make_candidate(tenant, location="Oslo", headline="Twin") for _ in range(4))
    return {
        "merge_id": make_merge(tenant, winner, loser),
        "duplicate_id": make_duplicate(tenant, first, second),
        "winner_id": first,
        "loser_id": second,
    }


def _make_place(app: Flask) -> Place:
    tenant = make_tenant(app, "ENTERPRISE")
    for signed_in in tenant.users:
        tenant.api(signed_in)
    resume = make_resume(tenant)
    job = make_job(tenant)
    with tenant.bound():
        candidate = candidate_resume_service.get(resume).candidate_id
        candidate_match_service.refresh(job)
        stages = job_service.get(job).stages
        role = role_service.by_name("RECRUITER").id
        key = api_key_service.create(ApiKeyCreate(name="A key of the world", permissions=["jobs.read"])).id
        plan = subscription_plan_service.create_custom(
            PlanCreate(
                code=f"P{tenant.id.hex[-12:].upper()}",
                name=f"Plan of {tenant.slug}",
                max_users=50,
                max_candidates=500,
                max_storage_bytes=1024**3,
                monthly_usd=99,
            )
        )
        export = make_export(tenant)
        session = auth_session_service.list_own(tenant.users["RECRUITER"], tenant.id).data[0].id
    assert candidate is not None
    ids = {
        "candidate_id": candidate,
        "resume_id": resume,
        "job_id": job,
        "department_id": make_department(tenant),
        "location_id": make_location(tenant),
        "opening_id": job_opening_id(tenant, job),
        "reason_id": make_reason(tenant),
        **make_approval(tenant, make_department(tenant, "Asked")),
        "second_application_id": make_application(tenant),
        "offer_id": make_offer(tenant),
        "letter_id": make_letter(tenant),
        "posting_id": make_posting(tenant, make_job(tenant), published=False),
        "question_id": make_question(tenant, job),
        "survey_question_id": make_survey_question(tenant),
        "link_id": make_tracking_link(tenant).id,
        "kit_id": make_interview_kit(tenant),
        "other_job_id": make_job(tenant),
        "template_id": make_pipeline(tenant),
        "job_template_id": make_job_template(tenant),
        "application_id": make_application(tenant, candidate, job),
        "application_operation_id": make_bulk_move(tenant),
        "document_id": make_document(tenant, candidate),
        "user_id": tenant.users["RECRUITER"],
        "manager_id": tenant.users["MANAGER"],
        "owner_id": tenant.users["RECRUITER"],
        "role_id": role,
        "session_id": session,
        "key_id": key,
        "plan_id": plan.id,
        "export_id": export,
        "to_user_id": tenant.users["TEAM_LEAD"],
        "stage_id": stages[1].id,
        "from_stage_id": stages[1].id,
        "to_stage_id": stages[2].id,
        "actor_id": tenant.users["TENANT_ADMIN"],
        "subject_id": candidate,
        "spare_candidate_id": make_candidate(tenant),
        "assignee_id": tenant.users["RECRUITER"],
        "author_id": tenant.users["RECRUITER"],
        "field_id": make_field(tenant),
        "tag_id": make_tag(tenant),
        "pool_id": make_pool(tenant),
        "mail_plan_id": make_plan(tenant, candidate),
        "message_id": make_message(tenant, candidate),
        "suppression_id": make_suppression(tenant),
        "invitation_id": (invitation := make_invitation(tenant)),
        "file_id": make_invitation_file(tenant, invitation),
        "document_type_id": (document_type := make_document_type(tenant)),
        "requirement_id": make_requirement(tenant, document_type, make_job(tenant)),
        "correction_id": make_correction(tenant, candidate),
        "interviewer_pool_id": make_interviewer_pool(tenant),
        "pause_id": make_pause(tenant),
        "screening_id": make_screening(tenant),
        "note_id": make_note(tenant, candidate),
        "task_id": make_task(tenant, candidate),
        "search_id": make_search(tenant),
        "view_id": make_view(tenant),
        **_doubles(tenant),
        "import_id": make_import(tenant),
        "consent_id": make_consent(tenant, candidate),
        "request_id": make_subject_export(tenant, candidate),
        "operation_id": make_bulk_operation(tenant, candidate),
    }
    make_form(tenant, ids["application_id"])
    ids["interview_id"] = make_interview(tenant, ids["application_id"], "TENANT_ADMIN")
    make_booking(tenant, ids["interview_id"], pool_id=ids["interviewer_pool_id"])
    ids["calendar_id"] = make_calendar(tenant)
    ids["integration_id"], ids["email_id"] = make_email_integration(tenant)
    return Place(tenant, ids, [stage.id for stage in stages])
