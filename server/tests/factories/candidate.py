"""Candidates, contact points and resume texts."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import UUID

from app.schemas.candidate_schema import CandidateCreate
from app.services.candidates import candidate_contact_service, candidate_service
from app.services.core.transaction import use_case
from tests.factories.tenant import SampleTenant

_numbers = itertools.count(1)

RESUME = """{name}
Data Engineer
{email} | +49 40 30080{number:03d} | Hamburg, Germany

Experience
Senior Data Engineer | Castellan Software | 03/2018 - 05/2024
- Built pipelines in Python that feed the warehouse each hour.

Data Engineer | Dune Analytics Group | 09/2014 - 02/2018
- Moved nightly jobs to PostgreSQL.

Education
Bachelor of Science in Computer Science, University of Bremen, 2010 - 2014

Skills
Python, SQL, PostgreSQL, Airflow
"""


def candidate_body(**values: Any) -> dict[str, Any]:
    """Return a valid body with unique contact points."""
    number = next(_numbers)
    body = {"name": f"Person Number{number}", "emails": [f"person{number}@people.example"], "skills": ["Python"]}
    return {**body, **values}


def make_candidate(tenant: SampleTenant, **values: Any) -> UUID:
    """Create a candidate."""
    with tenant.bound():
        return candidate_service.create(CandidateCreate.model_validate(candidate_body(**values))).id


@use_case
def share_contacts(candidate_id: UUID, **points: list[str]) -> None:
    """Add `emails`, `phones` or `links` to a candidate of the bound tenant, even if others have them."""
    contacts = candidate_contact_service.normalise(**points)
    settled = candidate_contact_service.settled(contacts, candidate_id)
    candidate_contact_service.add_missing(candidate_id, settled)


def resume_text(name: str = "Ada Horn") -> bytes:
    """Return a plain text resume with unique contact points."""
    number = next(_numbers)
    email = f"{name.lower().replace(' ', '.')}{number}@people.example"
    return RESUME.format(name=name, email=email, number=number % 1000).encode()
