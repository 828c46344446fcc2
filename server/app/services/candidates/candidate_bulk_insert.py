"""Bulk insert of candidates: one statement per table, with the same events and quota as for a single candidate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateAssignment, CandidateContact
from app.models.candidate import Provenance
from app.services.candidates import candidate_assignment_service, candidate_contact_service, candidate_service
from app.services.candidates.candidate_contact_service import Contact
from app.services.events import event_service, quota
from app.services.events.event_service import Subject
from app.services.search import candidate_search_index

New = tuple[dict[str, Any], list[Contact]]


def insert(people: Sequence[New], source: Provenance) -> list[UUID]:
    """Insert candidates, given as fields and contact points, and return their ids in order. Inside a use case."""
    candidates, points, assignments = [], [], []
    for fields, contacts in people:
        row = candidate_service.row_of(fields, source)
        candidates.append({**row, "search_text": candidate_search_index.text_of_row(row)})
        points += candidate_contact_service.new_rows(row["id"], contacts)
        if row["owner_id"] is not None:
            assignments.append(candidate_assignment_service.new_row(row["id"], row["owner_id"]))
        event_service.record("candidate.created", Subject(Candidate.__tablename__, row["id"]), provenance=source.value)
    points.sort(key=lambda row: (row["kind"], row["value"]))  # a fixed order avoids deadlocks
    tables = ((Candidate, candidates), (CandidateContact, points), (CandidateAssignment, assignments))
    for model, made in tables:
        if made:
            db.session.connection().execute(sa.insert(model.__table__), made)
    # No candidate/changed for each: an import enqueues its matches and duplicates once, at its end.
    quota.consume("candidates", len(candidates))
    return [row["id"] for row in candidates]
