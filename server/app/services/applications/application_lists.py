"""Lists of applications."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.models import Application, Candidate, Job, JobStage
from app.models.custom_field import FieldSubject
from app.schemas.application_schema import ApplicationListed, ApplicationQuery
from app.schemas.lists import Page
from app.services.access import user_expansions, visibility_service
from app.services.candidates import candidate_expansions, custom_field_service
from app.services.core import listing, rows
from app.services.core.expansion import Expansion
from app.services.jobs import job_expansions, job_team_service
from app.services.search import candidate_search_sql

LISTED = (
    Application.id,
    Application.candidate_id,
    # Lookups instead of joins, for the reason given in `scalar_lookup`.
    rows.scalar_lookup(Candidate.name, Application.candidate_id).label("candidate_name"),
    Application.job_id,
    rows.scalar_lookup(Job.title, Application.job_id).label("job_title"),
    Application.stage_id,
    rows.scalar_lookup(JobStage.name, Application.stage_id).label("stage_name"),
    rows.scalar_lookup(JobStage.kind, Application.stage_id).label("stage_kind"),
    Application.status,
    Application.status_reason,
    Application.rejection_reason_id,
    Application.opening_id,
    Application.source,
    Application.custom_fields,
    Application.awaits_screening,
    Application.tracking_link_id,
    Application.transferred_from_id,
    Application.applied_at,
    Application.stage_entered_at,
    Application.last_activity_at,
    Application.version,
    Application.created_at,
    Application.updated_at,
)


EXPANSIONS: dict[str, Expansion] = {
    "candidate": ("candidate_id", candidate_expansions.candidates, None),
    "job": ("job_id", job_expansions.jobs, None),
    "stage": ("stage_id", job_expansions.stages, None),
    "owner": ("candidate_id", user_expansions.owners_of, None),
}


def list_applications(query: ApplicationQuery) -> Page[ApplicationListed]:
    """Return applications, filtered."""
    return listing.page_with(
        ApplicationListed, listing.paginate(filtered(query), Application, query), query, EXPANSIONS
    )


def filtered(query: ApplicationQuery) -> sa.Select[Any]:
    """Select the applications that the filters beyond the columns leave."""
    statement = sa.select(*LISTED)
    if query.stage_kind is not None:
        kind = rows.scalar_lookup(JobStage.kind, Application.stage_id)
        statement = statement.where(kind.in_(query.stage_kind))
    if query.owner_id is not None:
        of_candidate = rows.scalar_lookup(Candidate.owner_id, Application.candidate_id)
        statement = statement.where(listing.equals(of_candidate, query.owner_id))
    owner = rows.scalar_lookup(Candidate.owner_id, Application.candidate_id)
    statement = statement.where(*visibility_service.owned_by(owner, query.owned_by))
    subject, column = FieldSubject.APPLICATION, Application.custom_fields
    statement = statement.where(*custom_field_service.filtered(subject, column, query.custom_field))
    if query.mine is not None:
        statement = statement.where(job_team_service.is_mine(Application.job_id, query.mine))
    if query.q is not None:
        statement = statement.where(Application.candidate_id.in_(candidate_search_sql.ids_of(query.q)))
    return statement
