"""Letter templates of offers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Offer, OfferTemplate
from app.schemas.lists import Page
from app.schemas.offer_template_schema import OfferTemplateCreate, OfferTemplateUpdate
from app.services.core import child_process, listing, rows
from app.services.core.child_process import ChildFailed
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils import pdf_letter
from app.utils.errors import Conflict, Invalid
from app.utils.pdf_letter import Letterhead
from app.utils.text import name_key

MAX_TEMPLATES = 100


def list_all() -> Page[OfferTemplate]:
    """Return all letter templates, ordered by name."""
    return listing.single_page(db.session.scalars(sa.select(OfferTemplate).order_by(OfferTemplate.key)))


@use_case
def create(new: OfferTemplateCreate) -> OfferTemplate:
    """Add a letter template; HTML outside the allowed subset is removed."""
    rows.enforce_limit(
        MAX_TEMPLATES, OfferTemplate, f"A tenant can have {MAX_TEMPLATES} letter templates", "too_many_letters"
    )
    template = OfferTemplate(name=new.name, key=name_key(new.name), body=_clean(new.body))
    db.session.add(template)
    db.session.flush()  # the event needs the id
    event_service.record("offer_template.created", template)
    return template


@use_case
def update(template_id: UUID, changes: OfferTemplateUpdate, if_match: int | None) -> OfferTemplate:
    """Update a letter template; sent letters are unaffected."""
    template = rows.lock_for_update(OfferTemplate, template_id, if_match)
    values: dict[str, Any] = changes.model_dump(exclude_unset=True)
    if "name" in values:
        values["key"] = name_key(values["name"])
    if "body" in values:
        values["body"] = _clean(values["body"])
    event_service.record("offer_template.updated", template, changed=rows.apply_changes(template, values))
    return template


@use_case
def delete(template_id: UUID) -> None:
    """Delete a letter template; Conflict if an offer uses it."""
    template = rows.lock_for_update(OfferTemplate, template_id)
    if rows.is_referenced(Offer.template_id, template):
        raise Conflict("This letter template is in use by offers.", code="letter_in_use")
    event_service.record("offer_template.deleted", template)
    db.session.delete(template)


def _clean(body: str) -> str:
    """Return the body without disallowed HTML; Invalid if it cannot be rendered."""
    cleaned = pdf_letter.clean(body)
    try:
        # A trial, so that it does not fail when an offer is sent.
        child_process.run(pdf_letter.draw, cleaned, "A letter", Letterhead("A company"))
    except ChildFailed as error:
        wrong = {"pointer": "/body", "code": "bad_letter", "detail": "The layout fails, or takes too long."}
        raise Invalid("The letter cannot be rendered.", code="bad_letter", errors=[wrong]) from error
    return cleaned
