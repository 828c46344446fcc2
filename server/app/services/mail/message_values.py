"""The values of the variables in messages to candidates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, Job, Tenant, User
from app.services.mail.email_renderer import phrase
from app.utils import languages, locales, scope


def of_candidates(candidate_ids: Sequence[UUID], job_id: UUID | None = None) -> dict[UUID, dict[str, Any]]:
    """Return the values of each visible candidate, in a constant number of statements; `job` is None without a job."""
    of_sender = sender()
    job = db.session.scalar(sa.select(Job.title).where(Job.id == job_id)) if job_id else None
    names = sa.select(Candidate.id, Candidate.name, Candidate.given_name).where(Candidate.id.in_(candidate_ids))
    return {
        row.id: {
            "name": row.name,
            "given_name": given_name(row.name, row.given_name),
            "job": job,
            **of_sender,
        }
        for row in db.session.execute(names)
    }


def given_name(name: str, given: str | None) -> str:
    """Return the given name, or the first word of the name."""
    return given or (name.split() or [name])[0]


def sender() -> dict[str, str]:
    """Return what messages say of the tenant and of the acting user; for API keys, the sender is the tenant."""
    own = sa.and_(User.tenant_id == Tenant.id, User.id == scope.user_id())
    columns = sa.select(Tenant.name.label("company"), User.name, User.signature).outerjoin(User, own)
    found = db.session.execute(columns.where(Tenant.id == scope.tenant_id())).one()
    name = found.name or found.company
    return {"sender": name, "signature": found.signature or name, "company": found.company}


def span(begins: datetime, ends: datetime, zone: str, locale: str) -> str:
    """Return a time in a zone, in words: "Monday, March 1, 2027, 2:30 PM to 3:15 PM (Europe/Berlin)"."""
    local, known = ZoneInfo(zone), languages.locale(locale)
    start, end = begins.astimezone(local), ends.astimezone(local)
    until = locales.time(end, known) if start.date() == end.date() else locales.weekday_moment(end, known)
    return phrase(locale, "span", start=locales.weekday_moment(start, known), end=until, zone=zone)
