"""Corrections: proposed by candidates on the portal, accepted or rejected by users."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError

from app.extensions import db
from app.models import Candidate, CandidateCorrection
from app.models.candidate import Provenance
from app.models.candidate_correction import CORRECTION_MACHINE, CorrectionField, CorrectionStatus
from app.models.notification import NotificationKind
from app.schemas.candidate_correction_schema import (
    CandidateCorrectionOut,
    CandidateCorrectionQuery,
    CorrectionDecision,
)
from app.schemas.candidate_schema import CandidateUpdate
from app.schemas.common import Email, Line, Phone, Url
from app.schemas.lists import Page
from app.schemas.portal_schema import CorrectionCreate, PortalCorrection
from app.services.access import active_users
from app.services.candidates import candidate_contact_service, candidate_expansions, candidate_service
from app.services.core import listing, rows
from app.services.core.expansion import expand
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About
from app.services.workflow import state_engine
from app.utils import clock, scope
from app.utils.addresses import addresses
from app.utils.errors import Conflict, Invalid
from app.utils.validation_errors import field_errors

MAX_PENDING = 20
CONTACTS = {CorrectionField.EMAIL: "emails", CorrectionField.PHONE: "phones", CorrectionField.LINK: "links"}
TYPES: dict[CorrectionField, TypeAdapter[Any]] = {
    CorrectionField.EMAIL: TypeAdapter(Email),
    CorrectionField.PHONE: TypeAdapter(Phone),
    CorrectionField.LINK: TypeAdapter(Url),
}
LINE: TypeAdapter[str] = TypeAdapter(Line)


def list_corrections(query: CandidateCorrectionQuery) -> Page[CandidateCorrectionOut]:
    """List the corrections of visible candidates, filtered."""
    page = listing.paginate(filtered(query), CandidateCorrection, query)
    return listing.page_as(CandidateCorrectionOut, page.model_copy(update={"data": with_candidates(page.data)}))


def filtered(_query: CandidateCorrectionQuery) -> sa.Select[Any]:
    """Return the statement of a list of corrections."""
    return sa.select(CandidateCorrection)


def with_candidates(corrections: Sequence[CandidateCorrection]) -> list[dict[str, Any]]:
    """Return the corrections as mappings, with the candidates' names."""
    known = {"candidate": ("candidate_id", candidate_expansions.candidates, None)}
    return expand([rows.columns_of(row) for row in corrections], ["candidate"], known)


def own(candidate_id: UUID) -> Page[PortalCorrection]:
    """Return the corrections that a candidate proposed, newest first."""
    return listing.single_page(PortalCorrection.model_validate(each) for each in _of(candidate_id))


@use_case
def propose(candidate_id: UUID, new: CorrectionCreate) -> PortalCorrection:
    """Propose a value; it replaces a pending one of the same field, except that contact points are several."""
    candidate = rows.lock_row(Candidate, candidate_id)  # one at a time, so that the limit holds
    _check(new)
    pending = [each for each in _of(candidate_id) if each.status == CorrectionStatus.PENDING]
    same = [
        each for each in pending if each.field == new.field and (new.field not in CONTACTS or each.value == new.value)
    ]
    if same:
        correction = same[0]
        correction.value = new.value
        correction.version += 1
    else:
        if len(pending) >= MAX_PENDING:
            raise Conflict(f"At most {MAX_PENDING} corrections can be pending.", code="too_many_corrections")
        correction = CandidateCorrection(candidate_id=candidate_id, **new.model_dump())
        db.session.add(correction)
    db.session.flush()  # the event needs the id
    event_service.record("candidate_correction.proposed", correction, field=new.field)
    _notify(candidate, correction)
    return PortalCorrection.model_validate(correction)


@use_case
def decide(
    correction_id: UUID, action: str, decision: CorrectionDecision, if_match: int | None
) -> CandidateCorrectionOut:
    """Accept or reject a correction; an accepted value has the provenance `candidate`."""
    correction = rows.lock_for_update(CandidateCorrection, correction_id, if_match)
    state_engine.check(CORRECTION_MACHINE, correction, action, decision.reason)
    if action == "accept":
        _apply(correction)
    correction.decided_by_id, correction.decided_at = scope.user_id(), clock.now()
    state_engine.fire(CORRECTION_MACHINE, correction, action, decision.reason, field=correction.field)
    return CandidateCorrectionOut.model_validate(rows.columns_of(correction))


def _apply(correction: CandidateCorrection) -> None:
    candidate_id, name = correction.candidate_id, correction.field.value
    if correction.field in CONTACTS:
        points = candidate_contact_service.normalise(**{CONTACTS[correction.field]: [correction.value]})
        candidate = rows.lock_for_update(Candidate, candidate_id)
        candidate_contact_service.add_missing(candidate_id, candidate_contact_service.settled(points, candidate_id))
        event_service.record("candidate.updated", candidate, changed=[CONTACTS[correction.field]])
        candidate_service.profile_changed(candidate)
        return
    changes = CandidateUpdate.model_validate({name: correction.value})
    candidate = candidate_service.update(candidate_id, changes, None)
    candidate.provenance = {**candidate.provenance, name: Provenance.CANDIDATE.value}


def _check(new: CorrectionCreate) -> None:
    """Invalid if the value does not fit the field."""
    try:
        TYPES.get(new.field, LINE).validate_python(new.value)
    except ValidationError as error:
        errors = [{**each, "pointer": "/value"} for each in field_errors(error)]
        raise Invalid("The value does not fit the field.", code="validation_failed", errors=errors) from error


def _of(candidate_id: UUID) -> Sequence[CandidateCorrection]:
    statement = sa.select(CandidateCorrection).where(CandidateCorrection.candidate_id == candidate_id)
    return db.session.scalars(statement.order_by(CandidateCorrection.id.desc()).limit(100)).all()


def _notify(candidate: Candidate, correction: CandidateCorrection) -> None:
    for user in active_users.responsible(candidate.owner_id):
        notification_service.notify(
            user,
            NotificationKind.CORRECTION_PROPOSED,
            f"correction_proposed:{correction.id}:{correction.version}",
            {"link": f"{addresses.app}/candidates/{candidate.id}"},
            About(correction, candidate.id),
        )
