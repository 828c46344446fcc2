"""The endpoints, and valid requests for them made from the ids of a place."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Any

from app.middleware.endpoint.spec import Spec
from app.middleware.endpoint.words import in_path
from app.middleware.identity.access import CANDIDATE, OF_PLATFORM
from app.middleware.openapi.generator import endpoints
from app.schemas.careers_schema import ApplicantForm
from tests.factories.candidate import candidate_body, resume_text
from tests.factories.candidate_things import DUE
from tests.factories.careers import applicant
from tests.factories.interview import in_days
from tests.factories.job import job_body
from tests.factories.offer import PAY
from tests.factories.tenant import PASSWORD
from tests.factories.world import Place

_keys = itertools.count(1)
PAY_RANGE = {"min": "65000.00", "currency": "EUR", "period": "year"}
STAGES = [
    {
        "name": "Inbox",
        "kind": "applied",
        "gates": ["resume"],
        "automations": [{"kind": "task", "title": "Call", "due_in_days": 1}],
    },
    {"name": "Done", "kind": "hired"},
]
PART = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>")


@dataclass(frozen=True)
class Operation:
    """One method of one path; `action` is chosen where the path offers several."""

    method: str
    rule: str
    spec: Spec
    action: str | None = None

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.rule}" + (f" [{self.action}]" if self.action else "")

    @property
    def ids(self) -> list[str]:
        """The names of the ids in the path."""
        return [name for converter, _, name in PART.findall(self.rule) if converter == "uuid"]


def operations(app: Any) -> list[Operation]:
    """Every operation of tenants' users and of the public, one for each action of a path."""
    return [
        operation for operation in all_operations(app) if operation.spec.permission not in (CANDIDATE, *OF_PLATFORM)
    ]


def platform_operations(app: Any) -> list[Operation]:
    """Every operation of platform administrators."""
    return [operation for operation in all_operations(app) if operation.spec.permission in OF_PLATFORM]


def all_operations(app: Any) -> list[Operation]:
    """Every API operation, one for each action of a path."""
    found = []
    for rule, method, spec in endpoints(app):
        choices = next((arguments for converter, arguments, _ in PART.findall(rule.rule) if converter == "words"), "")
        for action in [part.strip() for part in choices.split(",") if part.strip()] or [None]:
            found.append(Operation(method, rule.rule, spec, action))
    return found


# Parts of paths that are names rather than ids.
NAMES = {"kind": "application_hired", "language": "en", "trigger": "application-moved"}


def path_of(operation: Operation, ids: dict[str, Any], foreign: dict[str, Any] | None = None) -> str:
    """The path with ids of a place; `foreign` ids win."""

    def fill(match: re.Match[str]) -> str:
        converter, _, name = match.groups()
        if converter == "words":
            return in_path(operation.action or "")
        return str({**NAMES, **ids, **(foreign or {})}.get(name, "x"))

    return PART.sub(fill, operation.rule)


def query_of(operation: Operation, ids: dict[str, Any]) -> dict[str, str]:
    """The parameters that a request cannot do without."""
    needed = {
        "ExplainQuery": {"action": "jobs.read"},
        "SkillQuery": {"q": "pyth"},
        "SearchQuery": {"q": "engineer"},
        "SelectionQuery": {"question_id": str(ids["survey_question_id"])},
        "SlotQuery": {"user_ids": str(ids["owner_id"]), "from": in_days(1), "until": in_days(3)},
    }
    return needed.get(getattr(operation.spec.query, "__name__", ""), {})


# A valid body for each operation that takes one, by method and rule.
def body_of(operation: Operation, place: Place) -> dict[str, Any]:
    """The options of a valid request: JSON, or a file, and the key that some endpoints demand."""
    headers = {"Idempotency-Key": f"key-{next(_keys)}"} if operation.spec.idempotency == "required" else {}
    return {**_body_of(operation, place), **({"headers": headers} if headers else {})}


def _target_of(operation: Operation, place: Place) -> dict[str, str]:
    name = {"assign": "user_id", "tag": "tag_id", "untag": "tag_id", "pool": "pool_id", "unpool": "pool_id"}
    target = name.get(operation.action or "")
    return {target: str(place.ids["owner_id" if target == "user_id" else target])} if target else {}


def _body_of(operation: Operation, place: Place) -> dict[str, Any]:
    if operation.spec.upload:
        form = applicant() if operation.spec.form is ApplicantForm else {}
        return {"file": resume_text(), "form": form}
    if operation.spec.body is None:
        return {}
    bodies: dict[str, dict[str, Any]] = {
        "CandidateCreate": candidate_body(owner_id=str(place.ids["owner_id"])),
        "CandidateUpdate": {"headline": "Changed", "owner_id": str(place.ids["owner_id"])},
        "CandidateResumeUpdate": {"candidate_id": str(place.ids["candidate_id"])},
        "JsonResume": {"basics": {"name": "Grace Hopper", "email": "grace.json@people.example"}},
        "BulkAction": {
            "candidate_ids": [str(place.ids["candidate_id"])],
            **_target_of(operation, place),
            "dry_run": True,
        },
        "CandidateAssign": {"user_id": str(place.ids["owner_id"])},
        "CandidateConsentCreate": {
            "candidate_id": str(place.ids["candidate_id"]),
            "purpose": "talent_pool",
            "source": "email",
            "given_at": "2026-01-31T09:00:00Z",
        },
        "CandidateErasure": {"reason": "Asked for by mail."},
        "CandidateMergeCreate": {
            "winner_id": str(place.ids["winner_id"]),
            "loser_id": str(place.ids["loser_id"]),
            "dry_run": True,
        },
        "CandidateMergeUndo": {"discard_changes": True},
        "NoteCreate": {"candidate_id": str(place.ids["candidate_id"]), "body": "Met at the fair."},
        "NoteUpdate": {"body": "Met at the other fair."},
        "InvitationCreate": {"email": f"invited.{next(_keys)}@people.example", "send": False},
        "InvitationReason": {"reason": "The permit is missing."},
        "InvitationApproval": {},
        "InvitationForm": {"name": "Grace Hopper", "consent": True},
        "DocumentTypeCreate": {"name": f"Permit {next(_keys)}"},
        "DocumentTypeUpdate": {"description": "Both sides"},
        "DocumentRequirementCreate": {"document_type_id": str(place.ids["document_type_id"])},
        "CandidateDocumentUpdate": {"expires_on": "2027-01-31"},
        "CorrectionDecision": {"reason": "It is another person."},
        "CorrectionCreate": {"field": "location", "value": "Bremen"},
        "ConsentChange": {"is_given": True},
        "PrivacyRequestCreate": {"kind": "export"},
        "PrivacyRefusal": {"reason": "The identity could not be established."},
        "PortalSignIn": {"email": "nobody@people.example"},
        "PortalSessionCreate": {"token": "x"},
        "InterviewerPoolCreate": {"name": f"Pool {next(_keys)}", "user_ids": [str(place.ids["owner_id"])]},
        "InterviewerPoolUpdate": {"description": "For technical interviews"},
        "PauseCreate": {"starts_at": in_days(40), "ends_at": in_days(50)},
        "BookingCreate": {"pool_id": str(place.ids["interviewer_pool_id"])},
        "BookingChoice": {"starts_at": in_days(3)},
        "CalendarCreate": {"kind": "ics", "url": "https://localhost/x.ics"},
        "MailboxConnect": {"address": "rita@harbour.example", "host": "localhost", "password": "secret"},
        "MailboxConsent": {"code": "x", "state": "x", "address": "rita@harbour.example"},
        "UnmatchedAttach": {"candidate_id": str(place.ids["candidate_id"])},
        "SuppressionCreate": {"address": "nobody@people.example"},
        "MailPlanCreate": {
            "name": "Spring",
            "candidate_ids": [str(place.ids["candidate_id"])],
            "steps": [{"subject": "A position", "text": "Hello {name}."}],
        },
        "MessageCreate": {"subject": "A position", "text": "Hello {name}."},
        "MailRuleIn": {"delay_minutes": 60},
        "EmailTexts": {"subject": "News of {job}", "text": "Hello {name}."},
        "EmailTemplateRestore": {"version": 1},
        "EmailTemplatePreview": {"candidate_id": str(place.ids["candidate_id"])},
        "MarkCandidates": {"candidate_ids": [str(place.ids["candidate_id"])], "mark": "shortlisted"},
        "CandidateTagCreate": {"name": "Ready to relocate"},
        "CandidateTagUpdate": {"color": "#0a5c7a"},
        "TaskCreate": {
            "candidate_id": str(place.ids["candidate_id"]),
            "title": "Call back",
            "due_at": DUE,
            "assignee_id": str(place.ids["assignee_id"]),
        },
        "TaskUpdate": {"is_done": True, "assignee_id": str(place.ids["assignee_id"])},
        "CustomFieldCreate": {"key": "shoe_size", "label": "Shoe size", "kind": "number"},
        "CustomFieldUpdate": {"label": "Size of shoes"},
        "SavedSearchCreate": {"name": "Engineers", "query": {"q": "python", "min_years": 3}, "alert": "daily"},
        "SavedSearchUpdate": {"name": "Engineers, all"},
        "SavedViewCreate": {"resource": "applications", "name": "Mine", "query": {"mine": True, "sort": "-applied_at"}},
        "SavedViewUpdate": {"columns": ["candidate_name", "custom_fields.shift"]},
        "TalentPoolCreate": {"name": "Data engineers", "owner_id": str(place.ids["owner_id"])},
        "TalentPoolUpdate": {"description": "Kept warm", "owner_id": str(place.ids["owner_id"])},
        "DepartmentCreate": {"name": "Night shift"},
        "LocationCreate": {"name": "Kiel", "city": "Kiel", "country": "DE"},
        "LocationUpdate": {"street": "Am Kai 1"},
        "DepartmentUpdate": {"name": "Day shift"},
        "JobCreate": job_body(
            owner_id=str(place.ids["owner_id"]), department_id=str(place.ids["department_id"]), pay_range=PAY_RANGE
        ),
        "JobUpdate": {
            "title": "Changed",
            "location_id": str(place.ids["location_id"]),
            "owner_id": str(place.ids["owner_id"]),
            "department_id": str(place.ids["department_id"]),
        },
        "JobClone": {"title": "Another"},
        "PipelineTemplateCreate": {"name": "Engineers", "stages": STAGES, "is_default": True},
        "PipelineTemplateUpdate": {"name": "Engineers, all", "stages": STAGES},
        "JobStageCreate": {**STAGES[0], "name": "Second call", "position": 2},
        "JobStageUpdate": {"name": "Long call", "gates": []},
        "JobStageOrder": {"stage_ids": [str(each) for each in place.stage_ids]},
        "InterviewKitCreate": {"name": "Screening", "rubric": [{"name": "SQL"}]},
        "InterviewKitUpdate": {"minutes": 30},
        "InterviewCreate": {
            "application_id": str(place.ids["application_id"]),
            "kit_id": str(place.ids["kit_id"]),
            "kind": "phone",
            "panel": [str(place.ids["owner_id"])],
            "time": {"starts_at": in_days(5)},
        },
        "InterviewUpdate": {"location": "Pier 3"},
        "InterviewTime": {"starts_at": in_days(6)},
        "InterviewReschedule": {"starts_at": in_days(7), "reason": "The train is late."},
        "InterviewAction": {"reason": "Because it is so."},
        "ScorecardIn": {"recommendation": "yes", "ratings": [{"name": "SQL", "score": 3}], "submit": True},
        "AvailabilityIn": {"zone": "Europe/Berlin", "windows": [{"weekday": 0, "start": "09:00", "end": "12:00"}]},
        "PreferencesIn": {"preferences": {"theme": "dark"}},
        "NotificationsRead": {"ids": [str(place.ids["actor_id"])]},
        "OfferCreate": {"application_id": str(place.ids["second_application_id"]), "pay": PAY},
        "OfferUpdate": {"conditions": "30 days of leave."},
        "OfferAction": {"reason": "Because it is so."},
        "OfferAcceptance": {"signed_name": "Grace Hopper"},
        "OfferRefusal": {"reason": "Too far away."},
        "OfferTemplateCreate": {"name": "Contract", "body": "<p>Dear {candidate}</p>"},
        "OfferTemplateUpdate": {"name": "Contract, fixed term"},
        "JobPostingCreate": {"title": "Data Engineer (all genders)"},
        "JobPostingUpdate": {"location": "Bremen"},
        "EmptyBody": {},
        "TrackingLinkCreate": {"name": "Fair in May", "source": "fair"},
        "TrackingLinkUpdate": {"is_active": False},
        "SurveyQuestionCreate": {"label": "Which age group are you in?", "options": ["under 40", "40 or over"]},
        "SurveyQuestionUpdate": {"options": ["A", "B", "C"]},
        "JobTemplateCreate": {
            "name": "Night watch",
            "job": {
                "title": "Night Watch",
                "department_id": str(place.ids["department_id"]),
                "pipeline_template_id": str(place.ids["template_id"]),
            },
            "questions": [{"label": "Do you sleep by day?", "kind": "yes_no"}],
        },
        "JobTemplateUpdate": {"name": "Day watch"},
        "JobTemplateFromJob": {"name": "Like this one"},
        "JobFromTemplate": {
            "title": "Night Watch, Pier 3",
            "location_id": str(place.ids["location_id"]),
            "department_id": str(place.ids["department_id"]),
            "owner_id": str(place.ids["owner_id"]),
        },
        "JobQuestionCreate": {"label": "How many years?", "kind": "number", "passes": {"min": "3"}},
        "JobQuestionUpdate": {"label": "How many years of SQL?"},
        "JobOpeningUpdate": {"reference": "HC-2027-014"},
        "RejectionReasonCreate": {"name": "Too far away", "kind": "rejected"},
        "RejectionReasonUpdate": {"is_active": False},
        "ApprovalChainCreate": {
            "subject": "offer",
            "department_id": str(place.ids["department_id"]),
            "groups": [{"user_ids": [str(place.ids["owner_id"])]}],
        },
        "ApprovalChainUpdate": {"groups": [{"user_ids": [str(place.ids["owner_id"])]}]},
        "ApprovalAction": {"reason": "Because it is so."},
        "ApprovalDelegation": {"user_id": str(place.ids["to_user_id"])},
        "ApprovalSkip": {"user_id": str(place.ids["owner_id"]), "reason": "On leave until May."},
        "JobTeamMemberIn": {"role": "interviewer"},
        "JobAction": {"reason": "Because it is so."},
        "JobClosing": {"reason": "Because it is so.", "applications": "keep"},
        "ApplicationCreate": {
            "candidate_id": str(place.ids["spare_candidate_id"]),
            "job_id": str(place.ids["job_id"]),
            "stage_id": str(place.ids["stage_id"]),
        },
        "ApplicationUpdate": {"source": "referral"},
        "ScreeningDecision": {"reason": "The permit ends before the season does."},
        "ScreeningBulkDecision": {"screening_ids": [str(place.ids["screening_id"])], "dry_run": True},
        "ApplicationMove": {
            "from_stage_id": str(place.ids["from_stage_id"]),
            "to_stage_id": str(place.ids["to_stage_id"]),
        },
        "ApplicationTransfer": {"job_id": str(place.ids["other_job_id"])},
        "ApplicationBulkMove": {
            "application_ids": [str(place.ids["application_id"])],
            "from_stage_id": str(place.ids["from_stage_id"]),
            "to_stage_id": str(place.ids["to_stage_id"]),
            "dry_run": True,
        },
        "ApplicationBulkReject": {
            "application_ids": [str(place.ids["application_id"])],
            "reason": "The position is filled.",
            "dry_run": True,
        },
        "ApplicationAction": {"reason": "Because it is so."},
        "UserCreate": {
            "email": "someone.new@people.example",
            "name": "New",
            "role": "RECRUITER",
            "manager_id": str(place.ids["manager_id"]),
            "password": PASSWORD,
        },
        "UserUpdate": {"manager_id": str(place.ids["manager_id"])},
        "RoleCreate": {"name": "SOURCER", "permissions": ["candidates.view_all"]},
        "RoleUpdate": {"description": "Changed"},
        "UserRoles": {"role_ids": []},
        "UserReassign": {"to_user_id": str(place.ids["to_user_id"])},
        "NotificationPreferences": {"new_sign_in": False},
        "TotpCode": {"code": "123456"},
        "TotpEnd": {"current_password": PASSWORD, "code": "123456"},
        "ApiKeyCreate": {"name": "A key", "permissions": ["jobs.read"]},
        "ApiKeyUpdate": {"name": "Another name"},
        "ApiKeyRotation": {"overlap_hours": 1},
        "TenantUpdate": {"name": "Changed"},
        "MeUpdate": {"title": "Recruiter"},
        "TenantSettings": {"session_days": 7},
        "BrandingUpdate": {"color": "#0a5c7a"},
        "PlatformAdminCreate": {"email": "new@platform.example", "name": "New", "password": PASSWORD},
        "PlatformAdminUpdate": {"name": "Changed"},
        "TenantCreate": {
            "name": "New Agency",
            "slug": "new-agency",
            "admin_name": "Ann",
            "admin_email": "ann@new.example",
            "plan": "STARTER",
        },
        "TenantAction": {"reason": "Because it has to be so."},
        "TenantPlan": {"plan": "ENTERPRISE"},
        "PlanCreate": {
            "code": "CUSTOM_1",
            "name": "Custom",
            "max_users": 50,
            "max_candidates": 500,
            "max_storage_bytes": 1024**3,
            "monthly_usd": 99,
        },
        "PlanUpdate": {"name": "Changed"},
        "TenantDeletion": {"slug": place.tenant.slug, "reason": "Because it has to be so."},
        "PasswordChange": {"current_password": PASSWORD, "password": "another quiet harbour"},
    }
    name = operation.spec.body.__name__
    if name not in bodies:
        raise LookupError(f"{operation.name} takes a {name}: give it a valid body in tests/generated/registry.py")
    return {"json": bodies[name]}
