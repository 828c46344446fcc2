"""The demonstration tenant: users of each role, candidates with resumes, jobs, applications in all stages."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Candidate, CandidateMatch, Job, JobStage, User
from app.models.job import JobStatus
from app.models.permission import ALL
from app.schemas.application_schema import ApplicationAction, ApplicationCreate, ApplicationMove
from app.schemas.job_schema import JobAction, JobCreate
from app.schemas.tenant_schema import TenantSignup
from app.schemas.user_schema import UserCreate
from app.services.applications import application_service
from app.services.jobs import job_service
from app.services.matching import candidate_match_service
from app.services.platform import seed_hiring
from app.services.platform.seed_data import CITIES, COMPANIES, FIELDS, FIRST, LAST, SCHOOLS
from app.services.resumes import candidate_resume_service
from app.services.settings import tenant_subscription_service
from app.services.tenants import tenant_service
from app.services.users import user_service
from app.utils import scope
from app.utils.file_store import Upload
from app.utils.scope import Actor

SLUG = "harbour"
PASSWORD = "correct horse battery staple"
PEOPLE = 60
SEED = 20  # of the random numbers, so that the data is reproducible
ROLES = (("manager", "MANAGER"), ("lead", "TEAM_LEAD"), ("recruiter", "RECRUITER"))  # each reports to the previous one
DOMAIN = "harbour.example"  # reserved (RFC 2606), so that mail cannot reach anyone

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Login:
    """A demonstration account."""

    role: str
    email: str
    password: str


def logins() -> list[Login]:
    """Return the accounts of the demonstration tenant."""
    named = [("admin", "TENANT_ADMIN"), *ROLES]
    return [Login(role, f"{name}@{DOMAIN}", PASSWORD) for name, role in named]


def is_seeded() -> bool:
    """Return whether the demonstration tenant exists."""
    with scope.platform("looking for the demonstration tenant"):
        return tenant_service.find_by_slug(SLUG) is not None


def seed_tenant() -> UUID:
    """Create the tenant with its settings and users, and return its id."""
    signed_up = tenant_service.sign_up(
        TenantSignup(
            name="Harbour Staffing", slug=SLUG, admin_name="Ada Admin", admin_email=f"admin@{DOMAIN}", password=PASSWORD
        )
    )
    tenant_id, manager = signed_up.tenant.id, signed_up.user_id
    with _acting(tenant_id):
        tenant_subscription_service.change("ENTERPRISE")  # with every feature; FREE allows fewer candidates than PEOPLE
        for name, role in ROLES:
            user = UserCreate.model_validate(
                {
                    "email": f"{name}@{DOMAIN}",
                    "name": f"{name.title()} of Harbour",
                    "role": role,
                    "manager_id": manager,
                    "password": PASSWORD,
                }
            )
            manager = user_service.create(user).id
        seed_hiring.seed_settings()
    return tenant_id


def quietly(name: str, amount: int) -> None:
    """Report no progress."""


def seed_jobs(tenant_id: UUID, progress: Progress) -> None:
    """Add and open one job per field that has none yet."""
    with _acting(tenant_id):
        # A draft is left over from an interrupted run, and its job is added again.
        posted = set(db.session.scalars(sa.select(Job.title).where(Job.status != JobStatus.DRAFT)))
        for field in (field for field in FIELDS if field["title"] not in posted):
            job = job_service.create(_job(field))
            job_service.act(job.id, "open", JobAction(), None)
            progress("jobs", 1)


def seed_people(tenant_id: UUID, progress: Progress, count: int = PEOPLE) -> None:
    """Upload the resumes of `count` people; functions parse them afterwards."""
    # Every call makes the same files, so that a repeated one does not store them twice.
    chance = random.Random(SEED)
    uploaders = _owners(tenant_id)
    for number in range(count):
        text = "\n".join(_resume(number, chance))
        # Who uploads a resume owns its candidate, so the lead and the recruiter have people of their own.
        with _acting(tenant_id, uploaders[number // len(FIELDS) % len(uploaders)]):
            candidate_resume_service.upload(Upload(io.BytesIO(text.encode()), f"resume-{number + 1:02d}.txt"))
        progress("resumes", 1)


def rank_jobs(tenant_id: UUID) -> None:
    """Rank the candidates of each job now, without waiting for the functions."""
    with _acting(tenant_id):
        # All ids first, because `refresh` commits and thereby ends this read.
        for job_id in db.session.scalars(sa.select(Job.id)).all():
            candidate_match_service.refresh(job_id)


def seed_applications(tenant_id: UUID, progress: Progress) -> None:
    """Add applications of the best matches of each job, in every stage and final status."""
    with _acting(tenant_id):
        applied = sa.select(Application.job_id)
        for job in db.session.scalars(sa.select(Job).where(Job.id.not_in(applied)).order_by(Job.id)).all():
            stages = db.session.scalars(
                sa.select(JobStage).where(JobStage.job_id == job.id).order_by(JobStage.position)
            ).all()
            # One application for each stage, the last of them a hire, then one rejected and one withdrawn.
            for number, candidate_id in enumerate(_best(job.id, len(stages) + 2)):
                _apply(job.id, candidate_id, number, [stage.id for stage in stages])
                progress("applications", 1)


def seed_hiring_of(tenant_id: UUID) -> None:
    """Publish the jobs, schedule interviews, send offers, and add notes and tasks."""
    owners = _owners(tenant_id)
    with _acting(tenant_id):
        seed_hiring.seed_postings()
        seed_hiring.seed_offers()
        if panel := [owner for owner in owners if owner is not None]:
            seed_hiring.seed_interviews(panel)
    with _acting(tenant_id, owners[-1]):
        seed_hiring.seed_notes()


def _acting(tenant_id: UUID, user_id: UUID | None = None) -> Any:
    # State machines check permissions whoever the actor is.
    return scope.tenant(tenant_id, Actor("user" if user_id else "cli", user_id, permissions=ALL))


def _owners(tenant_id: UUID) -> list[UUID] | list[None]:
    """Return the lead and the recruiter, whose logins show only what they or their reports own; a sandbox has none."""
    with _acting(tenant_id):
        emails = [f"{name}@{DOMAIN}" for name, _ in ROLES if name != "manager"]
        return list(db.session.scalars(sa.select(User.id).where(User.email.in_(emails)).order_by(User.id))) or [None]


def _best(job_id: UUID, count: int) -> list[UUID]:
    statement = (
        sa.select(CandidateMatch.candidate_id)
        .join(
            Candidate,
            sa.and_(Candidate.tenant_id == CandidateMatch.tenant_id, Candidate.id == CandidateMatch.candidate_id),
        )
        .where(CandidateMatch.job_id == job_id)
        .order_by(CandidateMatch.score.desc(), CandidateMatch.candidate_id)
        .limit(count)
    )
    return list(db.session.scalars(statement))


def _apply(job_id: UUID, candidate_id: UUID, number: int, stages: list[UUID]) -> None:
    application = application_service.create(
        ApplicationCreate(candidate_id=candidate_id, job_id=job_id, source="referral")
    )
    reason = ApplicationAction(reason="Other candidates fit better.")
    if number == len(stages) - 1:
        application_service.act(application.id, "hire", ApplicationAction(), None)
    elif number == len(stages):
        application_service.act(application.id, "reject", reason, None)
    elif number == len(stages) + 1:
        application_service.act(application.id, "withdraw", ApplicationAction(), None)
    elif stages[number] != application.stage_id:
        step = ApplicationMove(from_stage_id=application.stage_id, to_stage_id=stages[number])
        application_service.move(application.id, step, None)


def _job(field: dict[str, Any]) -> JobCreate:
    least, most = field["pay"]
    return JobCreate.model_validate(
        {
            "title": field["title"],
            "description": _description(field),
            "location": seed_hiring.city_of(field["title"]),
            **seed_hiring.ids_of(field["title"], field["department"]),
            "employment_type": "full_time",
            "workplace": "hybrid",
            "pay_range": {"min": least, "max": most, "currency": "EUR", "period": "year"},
            "required_skills": list(field["skills"][:3]),
            "preferred_skills": list(field["skills"][3:5]),
            "min_years": 3,
            "openings": 2,
        }
    )


def _description(field: dict[str, Any]) -> str:
    """Return the description of a job, in Markdown."""
    skills = "\n".join(f"- {skill}" for skill in field["skills"][:5])
    return f"{field['asks']}\n\n## What you bring\n\n- {field['degree']}, or the same by practice\n{skills}"


def _resume(number: int, chance: random.Random) -> Iterator[str]:
    """Yield the lines of a synthetic resume."""
    field: Any = FIELDS[number % len(FIELDS)]
    # No full name occurs twice among the first 340 people.
    first, last = FIRST[number % len(FIRST)], LAST[(number * 7 + number // len(FIRST)) % len(LAST)]
    started = 2012 + chance.randrange(8)
    changed = started + 2 + chance.randrange(3)
    skills = chance.sample(field["skills"], k=min(5, len(field["skills"])))
    employers = chance.sample(COMPANIES, k=2)
    yield f"{first} {last}"
    yield field["title"]
    email = f"{first.lower()}.{last.lower()}{number + 1}@people.example"
    # Contact points differ, because resumes with a common one can be attached to the same candidate.
    yield f"{email} | +49 40 3008{number:04d} | {chance.choice(CITIES)}"
    yield ""
    yield "Experience"
    yield f"Senior {field['title']} | {employers[0]} | 03/{changed} - Present"
    yield f"- {field['did'][0]}"
    yield ""
    yield f"{field['title']} | {employers[1]} | 09/{started} - 02/{changed}"
    yield f"- {field['did'][1]}"
    yield ""
    yield "Education"
    yield f"{field['degree']}, {chance.choice(SCHOOLS)}, {started - 4} - {started}"
    yield ""
    yield "Skills"
    yield ", ".join(skills)
