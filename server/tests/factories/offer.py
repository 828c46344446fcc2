"""Offers and letter templates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.schemas.offer_schema import OfferCreate
from app.schemas.offer_template_schema import OfferTemplateCreate
from app.services.offers import offer_service, offer_template_service
from tests.factories.application import make_application
from tests.factories.tenant import SampleTenant

PAY = {"amount": "72000.00", "currency": "EUR", "period": "year"}
LETTER = "<h1>{company}</h1><p>Dear {candidate}, we offer {title} for {pay}.</p>"


def offer_body(application_id: UUID, **values: Any) -> dict[str, Any]:
    return {"application_id": str(application_id), "pay": PAY, **values}


def make_offer(tenant: SampleTenant, application_id: UUID | None = None, **values: Any) -> UUID:
    """Create a draft offer."""
    body = offer_body(application_id or make_application(tenant), **values)
    with tenant.bound():
        return offer_service.create(OfferCreate.model_validate(body)).id


def make_letter(tenant: SampleTenant, name: str = "Permanent", body: str = LETTER) -> UUID:
    """Create an offer letter template."""
    with tenant.bound():
        return offer_template_service.create(OfferTemplateCreate(name=name, body=body)).id
