"""What applicants typed: kept as it came, shown to those who see the person, and the address that mails go to."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, ApplicationForm, CandidateContact
from app.models.candidate_contact import ContactKind
from app.schemas.careers_schema import ApplicantForm
from app.services import rows
from app.utils.errors import NotFound

F = ApplicationForm


def get(application_id: UUID) -> ApplicationForm:
    """The form of an application; NotFound where it did not come from outside."""
    rows.get(Application, application_id)
    form = db.session.scalars(sa.select(F).where(F.application_id == application_id)).one_or_none()
    if form is None:
        raise NotFound("This application did not come by a form.")
    return form


def keep(application: Application, form: ApplicantForm, is_new_candidate: bool) -> None:
    """Keep what was typed; inside a use case."""
    typed = {name: getattr(form, name) for name in ("name", "email", "phone", "message", "talent_pool_consent")}
    own = {"application_id": application.id, "candidate_id": application.candidate_id}
    db.session.add(ApplicationForm(**own, **typed, is_new_candidate=is_new_candidate))


def addresses(application_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The address that each of these applications came by, as long as it is one of the candidate."""
    C = CandidateContact
    own = sa.and_(C.tenant_id == F.tenant_id, C.candidate_id == F.candidate_id, C.kind == ContactKind.EMAIL)
    statement = sa.select(F.application_id, F.email).join(C, sa.and_(own, C.value == F.email))
    return {
        row.application_id: row.email
        for row in db.session.execute(statement.where(F.application_id.in_(application_ids)))
    }
