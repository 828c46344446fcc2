"""Careers pages: the published jobs of a tenant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Department, Job, JobPosting, JobQuestion, Location, SurveyQuestion, Tenant
from app.models.job import JobStatus
from app.models.job_posting import PostingStatus
from app.models.tenant import TenantStatus
from app.schemas.careers_schema import CareersFilters, CareersOut, CareersQuery, Company, Place, PublishedJob
from app.schemas.job_schema import PayRangeOut
from app.services.applications import survey_question_service
from app.services.jobs import careers_addresses, job_question_service
from app.services.mail.candidate_links import CANDIDATE
from app.services.settings import tenant_branding_service, tenant_settings_service
from app.utils import clock, scope
from app.utils.errors import Gone, NotFound
from app.utils.scope import Actor
from app.utils.text import fold, transliterate

MAX_FED = 5000  # postings per feed or page
TITLE = sa.func.coalesce(JobPosting.title, Job.title)
LOCATION = sa.func.coalesce(JobPosting.location, Job.location, Location.name)
# Not in COLUMNS, because lists do not need the long texts.
DESCRIPTION = sa.func.coalesce(JobPosting.description, Job.description).label("description")
COLUMNS: tuple[Any, ...] = (
    JobPosting.id,
    JobPosting.status,
    JobPosting.published_at,
    JobPosting.expires_at,
    JobPosting.shows_pay,
    JobPosting.job_id,
    TITLE.label("title"),
    LOCATION.label("location"),
    Job.workplace,
    Job.employment_type,
    Job.status.label("job_status"),
    Job.pay_min,
    Job.pay_max,
    Job.pay_currency,
    Job.pay_period,
    JobPosting.updated_at,
    JobPosting.location.is_not(None).label("is_elsewhere"),
    Department.name.label("department"),
    Location.street,
    Location.postal_code,
    Location.city,
    Location.region,
    Location.country,
)


@dataclass(frozen=True, slots=True)
class JobPage:
    """A company and one of its jobs."""

    company: Company
    job: PublishedJob


@dataclass(frozen=True, slots=True)
class JobFeed:
    """A company and its newest jobs."""

    company: Company
    jobs: list[PublishedJob]


@contextmanager
def visiting(slug: str, setting: str = "careers_page") -> Iterator[Tenant]:
    """Bind the tenant of a slug for a visitor; NotFound if it is not active, or the setting turns its pages off."""
    with scope.platform("a visitor names a tenant by its slug"):
        tenant = db.session.scalars(sa.select(Tenant).where(Tenant.slug == slug)).one_or_none()
        # Only the id leaves this block: a change of scope closes the session.
        tenant_id = tenant.id if tenant is not None and tenant.status == TenantStatus.ACTIVE else None
    if tenant_id is None:
        raise NotFound("There is no such page.")
    with scope.tenant(tenant_id, Actor(CANDIDATE)):
        if not getattr(tenant_settings_service.current(), setting):
            raise NotFound("There is no such page.")
        yield db.session.get_one(Tenant, tenant_id)


def brand_color(slug: str) -> str | None:
    """Return the color of an active tenant with custom branding; None for any other, so that nobody learns of it."""
    with suppress(NotFound):
        return tenant_branding_service.of_slug(slug).color
    return None


def page(slug: str, query: CareersQuery) -> CareersOut:
    """Return the company and its open jobs, newest first."""
    with visiting(slug) as tenant:
        shown = db.session.execute(_open().limit(MAX_FED)).all()
        fitting = [row for row in shown if _fits(row, query)]
        start = (query.page - 1) * query.limit
        return CareersOut(
            company=_company(tenant),
            jobs=[_job(row, tenant.slug, ref=query.ref) for row in fitting[start : start + query.limit]],
            filters=CareersFilters(**{name: _values(shown, name) for name in CareersFilters.model_fields}),
            page=query.page,
            pages=-(-len(fitting) // query.limit),
            total=len(fitting),
        )


def one(slug: str, posting_id: UUID) -> JobPage:
    """Return the company and one job with its questions; Gone if the job is closed."""
    with visiting(slug) as tenant:
        row = posting(posting_id)
        asked, survey = job_question_service.asked(row.job_id), survey_question_service.asked()
        needed = tenant_settings_service.current().resume_required
        return JobPage(_company(tenant), _job(row, tenant.slug, asked, survey, resume_required=needed))


def feed(slug: str, ref: str | None, most: int = MAX_FED, described: bool = True) -> JobFeed:
    """Return the company and its newest open jobs, for feeds; with `ref`, URLs carry it to identify the source."""
    with visiting(slug) as tenant:
        statement = _open(*([DESCRIPTION] if described else [])).limit(most)
        found = db.session.execute(statement).all()
        return JobFeed(_company(tenant), [_job(row, tenant.slug, ref=ref) for row in found])


def _fits(row: sa.Row[Any], query: CareersQuery) -> bool:
    """Return whether an open job matches; in Python, because the databases do not fold case and accents alike."""
    wanted = {name: getattr(query, name) for name in CareersFilters.model_fields}
    if any(value is not None and getattr(row, name) != value for name, value in wanted.items()):
        return False
    text = _plain(f"{row.title} {row.location or ''} {row.department or ''}")
    return all(word in text for word in _plain(query.q or "").split())


def _plain(text: str) -> str:
    return fold(transliterate(text))


def _values(found: Sequence[sa.Row[Any]], name: str) -> list[Any]:
    return sorted({getattr(row, name) for row in found} - {None})


def posting(posting_id: UUID) -> sa.Row[Any]:
    """Return a published posting of the current tenant; Gone if it no longer is, NotFound if it never was."""
    row = db.session.execute(_select(DESCRIPTION).where(JobPosting.id == posting_id)).one_or_none()
    if row is None or row.published_at is None:
        raise NotFound("There is no such job.")
    over = row.expires_at is not None and row.expires_at <= clock.now()
    if row.status != PostingStatus.PUBLISHED or row.job_status != JobStatus.OPEN or over:
        raise Gone("This job is no longer open.", code="job_closed")
    return row


def _open(*more: Any) -> sa.Select[Any]:
    """Select the open jobs, newest first."""
    seen = sa.and_(
        JobPosting.status == PostingStatus.PUBLISHED,
        Job.status == JobStatus.OPEN,
        # Asked besides the status, because the function that expires postings runs only every hour.
        sa.or_(JobPosting.expires_at.is_(None), JobPosting.expires_at > clock.now()),
    )
    return _select(*more).where(seen).order_by(JobPosting.published_at.desc(), JobPosting.id.desc())


def _select(*more: Any) -> sa.Select[Any]:
    return (
        sa.select(*COLUMNS, *more)
        .select_from(JobPosting)
        .join(Job, sa.and_(Job.tenant_id == JobPosting.tenant_id, Job.id == JobPosting.job_id))
        .outerjoin(Department, sa.and_(Department.tenant_id == Job.tenant_id, Department.id == Job.department_id))
        .outerjoin(Location, sa.and_(Location.tenant_id == Job.tenant_id, Location.id == Job.location_id))
    )


def _job(
    row: sa.Row[Any],
    slug: str,
    questions: Sequence[JobQuestion] = (),
    survey: Sequence[SurveyQuestion] = (),
    ref: str | None = None,
    resume_required: bool = False,
) -> PublishedJob:
    return PublishedJob.model_validate(
        {
            "description": None,  # for lists, which do not select it
            **row._mapping,
            "place": _place(row),
            "pay": _pay(row),
            "resume_required": resume_required,
            "questions": questions,
            "survey": survey,
            "url": careers_addresses.of_posting(slug, row.id) + (f"?ref={quote(ref)}" if ref else ""),
        }
    )


def _pay(row: sa.Row[Any]) -> PayRangeOut | None:
    if not row.shows_pay or row.pay_currency is None:
        return None
    return PayRangeOut(min=row.pay_min, max=row.pay_max, currency=row.pay_currency, period=row.pay_period)


def _place(row: sa.Row[Any]) -> Place | None:
    """Return the job's location, unless the posting names another place."""
    # A location always has a country: null means that the job has no location.
    return None if row.country is None or row.is_elsewhere else Place.model_validate(row)


def _company(tenant: Tenant) -> Company:
    brand = tenant_branding_service.get()
    return Company(
        **tenant_settings_service.imprint(tenant),
        name=tenant.name,
        color=brand.color,
        logo_url=brand.logo_url,
        url=careers_addresses.of_tenant(tenant.slug),
    )
