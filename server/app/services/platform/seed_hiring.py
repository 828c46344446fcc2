"""What the demonstration tenant has besides people and jobs: settings, postings, interviews, offers, notes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from PIL import Image, ImageDraw

from app.extensions import db
from app.models import Application, Candidate, Department, Job, JobPosting, JobStage, Location, Note
from app.models.application import ApplicationStatus
from app.models.job import JobStatus
from app.models.job_stage import StageKind
from app.schemas.candidate_consent_schema import CandidateConsentCreate
from app.schemas.candidate_tag_schema import CandidateTagCreate
from app.schemas.custom_field_schema import CustomFieldCreate
from app.schemas.department_schema import DepartmentCreate
from app.schemas.interview_kit_schema import InterviewKitCreate
from app.schemas.interview_schema import InterviewCreate
from app.schemas.job_posting_schema import JobPostingCreate, TrackingLinkCreate
from app.schemas.job_question_schema import JobQuestionCreate
from app.schemas.location_schema import LocationCreate
from app.schemas.note_schema import NoteCreate
from app.schemas.offer_schema import OfferCreate
from app.schemas.offer_template_schema import OfferTemplateCreate
from app.schemas.rejection_reason_schema import RejectionReasonCreate
from app.schemas.survey_question_schema import SurveyQuestionCreate
from app.schemas.talent_pool_schema import TalentPoolCreate
from app.schemas.task_schema import TaskCreate
from app.schemas.tenant_schema import BrandingUpdate, TenantUpdate
from app.services.applications import rejection_reason_service, survey_question_service
from app.services.candidates import (
    candidate_consent_service,
    candidate_tag_service,
    custom_field_service,
    talent_pool_service,
)
from app.services.collaboration import note_service, task_service
from app.services.interviews import interview_kit_service, interview_service
from app.services.jobs import (
    department_service,
    job_posting_service,
    job_question_service,
    location_service,
    tracking_link_service,
)
from app.services.offers import offer_service, offer_template_service
from app.services.platform.seed_data import CITIES, FIELDS
from app.services.settings import tenant_branding_service
from app.services.tenants import tenant_service
from app.utils import clock
from app.utils.file_store import Upload

COLOR = "#0a5c7a"
COUNTRIES = {"Germany": "DE", "France": "FR", "UK": "GB", "TX": "US", "Portugal": "PT", "Poland": "PL"}
RUBRIC = [{"name": "Craft", "description": "Knows the trade"}, {"name": "Team", "description": "Works with others"}]
QUESTION = {"label": "May you work in the country of the job?", "kind": "yes_no", "is_required": True}
LETTER = """<p>Dear {candidate},</p><p>We are glad to offer you the position <b>{title}</b>.</p>
<ul><li>Start: {start_on}</li><li>Pay: {pay}</li></ul><p>{conditions}</p><p>Please answer by {expires_at}.</p>
<p>{company}</p>"""


def seed_settings() -> None:
    """Add branding, departments, locations, reasons, a kit and the like to the new tenant."""
    public = {"website": "https://harbour.example", "contact_email": "hello@harbour.example"}
    tenant_service.update(TenantUpdate(**public, postal_address="Am Kai 1, 20457 Hamburg, Germany"), None)
    tenant_branding_service.update(BrandingUpdate(color=COLOR))
    tenant_branding_service.set_logo(Upload(io.BytesIO(_logo()), "logo.png"))
    for name in sorted({str(field["department"]) for field in FIELDS}):
        department_service.create(DepartmentCreate(name=name))
    for place in CITIES:
        city, _, area = place.partition(", ")
        location_service.create(LocationCreate(name=place, city=city, country=COUNTRIES[area]))
    for name in ("Other candidates fit better", "Not enough experience"):
        rejection_reason_service.create(RejectionReasonCreate.model_validate({"name": name, "kind": "rejected"}))
    kit = {"name": "First interview", "minutes": 45, "questions": ["What are you proud of?"], "rubric": RUBRIC}
    interview_kit_service.create(InterviewKitCreate.model_validate(kit))
    offer_template_service.create(OfferTemplateCreate(name="Permanent", body=LETTER))
    candidate_tag_service.create(CandidateTagCreate(name="Top of the list", color="#2f6f4e"))
    talent_pool_service.create(TalentPoolCreate(name="Speaks German", description="For clients in Germany"))
    survey = {"label": "How did you hear of us?", "options": ["A friend", "A job board", "Elsewhere"]}
    survey_question_service.create(SurveyQuestionCreate.model_validate(survey))
    shift = {"key": "shift", "label": "Preferred shift", "kind": "choice", "choices": ["early", "late", "night"]}
    custom_field_service.create(CustomFieldCreate.model_validate(shift))
    tracking_link_service.create(TrackingLinkCreate(name="Job fair, Hamburg", source="fair"))


def city_of(title: str) -> str:
    """Return the place of the job with this title."""
    return CITIES[len(title) % len(CITIES)]


def ids_of(title: str, department: str) -> dict[str, UUID | None]:
    """Return the department and the location of a job, as far as the tenant has them."""
    return {
        "department_id": db.session.scalar(sa.select(Department.id).where(Department.name == department)),
        "location_id": db.session.scalar(sa.select(Location.id).where(Location.name == city_of(title))),
    }


def seed_postings() -> None:
    """Publish each open job that has no posting, with a question for applicants."""
    posted = sa.select(JobPosting.job_id)
    open_jobs = sa.select(Job.id).where(Job.status == JobStatus.OPEN, Job.id.not_in(posted)).order_by(Job.id)
    for job_id in db.session.scalars(open_jobs).all():
        job_question_service.add(job_id, JobQuestionCreate.model_validate(QUESTION))
        posting = job_posting_service.create(job_id, JobPostingCreate())
        job_posting_service.act(posting.id, "publish", None)


def seed_interviews(panel: Sequence[UUID]) -> None:
    """Schedule an interview of each application in an interview stage, one after the other."""
    kit_id = interview_kit_service.list_all().data[0].id
    day = _next_workday(clock.now().date())
    for number, application_id in enumerate(_in_stages(StageKind.INTERVIEW)):
        begin = datetime.combine(day + timedelta(days=7 * (number // 6)), time(8 + number % 6), clock.now().tzinfo)
        values = {"application_id": application_id, "kind": "video", "kit_id": kit_id, "panel": list(panel)}
        values |= {"time": {"starts_at": begin}, "meeting_url": "https://meet.example/harbour"}
        interview_service.create(InterviewCreate.model_validate(values))


def seed_offers() -> None:
    """Send an offer to each application in an offer stage."""
    template_id = offer_template_service.list_all().data[0].id
    for application_id in _in_stages(StageKind.OFFER):
        start = _next_workday(clock.now().date() + timedelta(days=60))
        terms = {
            "application_id": application_id,
            "pay": {"amount": "64000.00", "currency": "EUR", "period": "year"},
            "employment_type": "full_time",
            "start_on": start.isoformat(),
            "expires_at": clock.now() + timedelta(days=14),
            "conditions": "30 days of leave.",
            "template_id": template_id,
        }
        offer_service.send(offer_service.create(OfferCreate.model_validate(terms)).id, None)


def seed_notes() -> None:
    """Add a note, a task and a consent to the newest candidates; inside the scope of a user."""
    if db.session.scalar(sa.select(Note.id).limit(1)) is not None:
        return
    tag = candidate_tag_service.list_all().data[0]
    for candidate_id in db.session.scalars(sa.select(Candidate.id).order_by(Candidate.id.desc()).limit(3)).all():
        note_service.create(NoteCreate(candidate_id=candidate_id, body="Prefers calls after four."))
        due = clock.now() + timedelta(days=2)
        task_service.create(TaskCreate(candidate_id=candidate_id, title="Call back", due_at=due))
        consent = {"candidate_id": candidate_id, "purpose": "talent_pool", "source": "email", "given_at": clock.now()}
        candidate_consent_service.give(CandidateConsentCreate.model_validate(consent))
        candidate_tag_service.add(candidate_id, tag.id)


def _in_stages(kind: StageKind) -> list[UUID]:
    stage = sa.and_(JobStage.tenant_id == Application.tenant_id, JobStage.id == Application.stage_id)
    found = sa.select(Application.id).join(JobStage, stage).where(JobStage.kind == kind)
    return list(
        db.session.scalars(found.where(Application.status == ApplicationStatus.ACTIVE).order_by(Application.id))
    )


def _next_workday(day: date) -> date:
    """Return the first day after `day` that is no Saturday or Sunday."""
    day += timedelta(days=1)
    return day if day.weekday() < 5 else _next_workday(day)


def _logo() -> bytes:
    """Draw a sail over a wave."""
    picture = Image.new("RGB", (240, 240), COLOR)
    draw = ImageDraw.Draw(picture)
    draw.polygon([(112, 40), (112, 160), (48, 160)], fill="white")
    draw.polygon([(126, 70), (126, 160), (184, 160)], fill="#cfe7ef")
    draw.arc([(20, 160), (120, 220)], 0, 180, fill="white", width=10)
    draw.arc([(120, 160), (220, 220)], 0, 180, fill="white", width=10)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
