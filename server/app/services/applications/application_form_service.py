"""Application forms: what applicants entered, stored as received, and the email address for replies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, ApplicationForm, CandidateContact, JobQuestion
from app.models.candidate_contact import ContactKind
from app.schemas.careers_schema import ApplicantForm
from app.schemas.lists import Page
from app.services.core import listing, rows

TYPED = ("name", "email", "phone", "message", "talent_pool_consent")
MAX_FORMS = 10  # per application; further forms are dropped


def list_forms(application_id: UUID) -> Page[ApplicationForm]:
    """Return the forms of an application, newest first."""
    rows.get(Application, application_id)
    own = sa.select(ApplicationForm).where(ApplicationForm.application_id == application_id)
    return listing.single_page(db.session.scalars(own.order_by(ApplicationForm.id.desc())))


def has_room(application_id: UUID) -> bool:
    """Return whether an application can store another form."""
    count = sa.select(sa.func.count()).where(ApplicationForm.application_id == application_id)
    return (db.session.scalar(count) or 0) < MAX_FORMS


def store(application: Application, form: ApplicantForm, answers: list[dict[str, Any]], **facts: bool) -> None:
    """Store a form; inside a use case."""
    own = {"application_id": application.id, "candidate_id": application.candidate_id, "answers": answers}
    db.session.add(ApplicationForm(**own, **facts, **{name: getattr(form, name) for name in TYPED}))


def with_labels(questions: Sequence[JobQuestion], found: Mapping[UUID, Any]) -> list[dict[str, Any]]:
    """Return the answers with the labels of their questions, as they were asked."""
    return [{"label": each.label, "value": found[each.id]} for each in questions if each.id in found]


def copy(source: Application, target: Application) -> None:
    """Copy the forms to the application that continues this one for another job; inside a use case."""
    # In order, because the copies get new ids, and forms are sorted by id.
    for form in db.session.scalars(
        sa.select(ApplicationForm).where(ApplicationForm.application_id == source.id).order_by(ApplicationForm.id)
    ):
        own = {"application_id": target.id, "candidate_id": target.candidate_id}
        db.session.add(ApplicationForm(**own, **rows.values_of(form, *own)))


def addresses(application_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the email address of each application's first form, if it is still a contact of the candidate."""
    # Once a user has removed the address from the candidate, it gets no more mail.
    own = sa.and_(
        CandidateContact.tenant_id == ApplicationForm.tenant_id,
        CandidateContact.candidate_id == ApplicationForm.candidate_id,
        CandidateContact.kind == ContactKind.EMAIL,
    )
    statement = sa.select(ApplicationForm.application_id, ApplicationForm.email).join(
        CandidateContact, sa.and_(own, CandidateContact.value == ApplicationForm.email)
    )
    # Newest first, so that the first form is the last to set the address of its application.
    found = db.session.execute(
        statement.where(ApplicationForm.application_id.in_(application_ids)).order_by(ApplicationForm.id.desc())
    )
    return {row.application_id: row.email for row in found}
