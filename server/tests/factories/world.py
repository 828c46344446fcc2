"""Two tenants with one of everything: what the generated tests walk through."""

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
from tests.factories.application import make_application
from tests.factories.approval import make_approval
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
)
from tests.factories.careers import make_form, make_posting, make_question, make_survey_question, make_tracking_link
from tests.factories.department import make_department, make_location
from tests.factories.interview import make_interview, make_interview_kit
from tests.factories.job import make_job
from tests.factories.offer import make_letter, make_offer
from tests.factories.pipeline import job_opening_id, make_bulk_move, make_job_template, make_pipeline, make_reason
from tests.factories.privacy import make_consent, make_subject_export
from tests.factories.tenant import Kit, make_tenant
from tests.factories.tenant_export import make_export


@dataclass
class Place:
    """A tenant and the ids of what it has, by the names that paths and bodies use."""

    kit: Kit
    ids: dict[str, UUID]
    stage_ids: list[UUID] = field(default_factory=list)


@dataclass
class World:
    """One's own tenant and a foreign one."""

    own: Place
    foreign: Place


def make_world(app: Flask) -> World:
    """Build both."""
    world = World(_make_place(app), _make_place(app))
    world.own.kit.run_jobs()  # else every test that runs jobs would run those of the world, and undo them
    return world


def _doubles(kit: Kit) -> dict[str, UUID]:
    """A suggestion, a merge, and two candidates who could be merged."""
    winner, loser, first, second = (make_candidate(kit, location="Oslo", headline="Twin") for _ in range(4))
    return {
        "merge_id": make_merge(kit, winner, loser),
        "duplicate_id": make_duplicate(kit, first, second),
        "winner_id": first,
        "loser_id": second,
    }


def _make_place(app: Flask) -> Place:
    kit = make_tenant(app, "ENTERPRISE")
    for signed_in in kit.users:
        kit.api(signed_in)
    resume = make_resume(kit)
    job = make_job(kit)
    with kit.bound():
        candidate = candidate_resume_service.get(resume).candidate_id
        candidate_match_service.refresh(job)
        stages = job_service.get(job).stages
        role = role_service.by_name("RECRUITER").id
        key = api_key_service.create(ApiKeyCreate(name="A key of the world", permissions=["jobs.read"])).id
        plan = subscription_plan_service.create_custom(
            PlanCreate(
                code=f"P{kit.id.hex[-12:].upper()}",
                name=f"Plan of {kit.slug}",
                max_users=50,
                max_candidates=500,
                max_storage_bytes=1024**3,
                monthly_usd=99,
            )
        )
        export = make_export(kit)
        session = auth_session_service.list_own(kit.users["RECRUITER"], kit.id).data[0].id
    assert candidate is not None
    ids = {
        "candidate_id": candidate,
        "resume_id": resume,
        "job_id": job,
        "department_id": make_department(kit),
        "location_id": make_location(kit),
        "opening_id": job_opening_id(kit, job),
        "reason_id": make_reason(kit),
        **make_approval(kit, make_department(kit, "Asked")),
        "second_application_id": make_application(kit),
        "offer_id": make_offer(kit),
        "letter_id": make_letter(kit),
        "posting_id": make_posting(kit, make_job(kit), published=False),
        "question_id": make_question(kit, job),
        "survey_question_id": make_survey_question(kit),
        "link_id": make_tracking_link(kit).id,
        "kit_id": make_interview_kit(kit),
        "other_job_id": make_job(kit),
        "template_id": make_pipeline(kit),
        "job_template_id": make_job_template(kit),
        "application_id": make_application(kit, candidate, job),
        "application_operation_id": make_bulk_move(kit),
        "document_id": make_document(kit, candidate),
        "user_id": kit.users["RECRUITER"],
        "manager_id": kit.users["MANAGER"],
        "owner_id": kit.users["RECRUITER"],
        "role_id": role,
        "session_id": session,
        "key_id": key,
        "plan_id": plan.id,
        "export_id": export,
        "to_user_id": kit.users["TEAM_LEAD"],
        "stage_id": stages[1].id,
        "from_stage_id": stages[1].id,
        "to_stage_id": stages[2].id,
        "actor_id": kit.users["TENANT_ADMIN"],
        "subject_id": candidate,
        "spare_candidate_id": make_candidate(kit),
        "assignee_id": kit.users["RECRUITER"],
        "author_id": kit.users["RECRUITER"],
        "field_id": make_field(kit),
        "tag_id": make_tag(kit),
        "pool_id": make_pool(kit),
        "note_id": make_note(kit, candidate),
        "task_id": make_task(kit, candidate),
        "search_id": make_search(kit),
        **_doubles(kit),
        "import_id": make_import(kit),
        "consent_id": make_consent(kit, candidate),
        "request_id": make_subject_export(kit, candidate),
        "operation_id": make_bulk_operation(kit, candidate),
    }
    make_form(kit, ids["application_id"])
    ids["interview_id"] = make_interview(kit, ids["application_id"], "TENANT_ADMIN")
    return Place(kit, ids, [stage.id for stage in stages])
