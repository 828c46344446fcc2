"""What job boards refuse or rank lower: missing facts of a posting, told before it is published.

Source: Google Search Central, "Job posting structured data", required and recommended properties; Indeed's XML feed.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from app.models import Job, JobPosting
from app.models.candidate import Workplace
from app.schemas.job_posting_schema import CheckLevel, PostingCheck
from app.schemas.lists import Page
from app.services.core import listing, rows

REFUSED, LOWER = CheckLevel.REFUSED, CheckLevel.RANKED_LOWER


def list_checks(posting_id: UUID) -> Page[PostingCheck]:
    """Return what is missing; nothing if job boards take the posting as it is."""
    posting = rows.get(JobPosting, posting_id)
    return listing.single_page(list(_missing(posting, rows.get(Job, posting.job_id))))


def _missing(posting: JobPosting, job: Job) -> Iterator[PostingCheck]:
    title, description = posting.title or job.title, posting.description or job.description
    if not description or description.strip() == title.strip():
        yield _check("description", REFUSED, "Describe the job: job boards refuse postings without a description.")
    if job.location_id is None or posting.location:
        if job.location_id is not None:
            detail = "Remove the place of the posting: it hides the job's location, whose country job boards need."
        elif job.workplace is Workplace.REMOTE:
            detail = "Choose a location of the tenant: remote jobs must name the country of the applicants."
        elif posting.location or job.location:
            detail = "Choose a location of the tenant: without one, the country of the place is unknown."
        else:
            detail = "Choose a location of the tenant, or make the job remote."
        yield _check("country", REFUSED, detail)
    if job.pay_range is None or not posting.shows_pay:
        yield _check("pay", LOWER, "Show the pay range: job boards rank postings with pay higher.")
    if job.employment_type is None:
        yield _check("employment_type", LOWER, "Choose the type of employment, by which people filter.")
    if posting.expires_at is None:
        yield _check("expires_at", LOWER, "Set when the posting expires, so that job boards do not call it stale.")


def _check(field: str, level: CheckLevel, detail: str) -> PostingCheck:
    return PostingCheck(field=field, level=level, detail=detail)
