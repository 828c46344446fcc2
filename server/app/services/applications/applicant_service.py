"""The applicants of a job, ranked by their match, with filters on answers and marks of earlier applications."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import (
    Application,
    ApplicationAnswer,
    Candidate,
    CandidateMatch,
    Job,
    JobQuestion,
    JobStage,
    StageHistoryEntry,
    visibility_conditions,
)
from app.models.application import ApplicationStatus
from app.models.job_access import Opens
from app.models.job_question import QuestionKind
from app.models.job_stage import StageKind
from app.schemas.applicant_schema import ApplicantOut, ApplicantQuery
from app.schemas.lists import Page
from app.services.access import rights
from app.services.applications import application_lists
from app.services.core import listing, rows
from app.services.matching import candidate_mark_service
from app.services.search import candidate_search_sql
from app.utils.errors import BadRequest

# Tables, with the visibility rules beside them: the guards would adapt their own conditions to an alias of the class.
OTHER = Application.__table__.alias("other_applications")
HISTORY, STAGES = StageHistoryEntry.__table__.alias(), JobStage.__table__.alias()
CLOSE = (StageKind.INTERVIEW, StageKind.OFFER)
TRUTHS = {"yes": True, "true": True, "no": False, "false": False}
FILTERED = ("stage_id", "status", "source", "awaits_screening")


def list_applicants(job_id: UUID, query: ApplicantQuery) -> Page[ApplicantOut]:
    """Return the applications of a job, the best matches first; those without a match come last."""
    rows.get(Job, job_id)
    sees = not rights.lacks("candidate_matches.read")
    of_both = sa.and_(
        CandidateMatch.tenant_id == Application.tenant_id,
        CandidateMatch.job_id == Application.job_id,
        CandidateMatch.candidate_id == Application.candidate_id,
    )
    match = (
        # Sorted by score and then confidence, as matches are; null would compare with nothing.
        sa.func.coalesce(CandidateMatch.standing, -1).label("match_score" if sees else "of_match"),
        CandidateMatch.score.label("hundredths"),
        CandidateMatch.grade.label("match_grade"),
        CandidateMatch.confidence.label("match_confidence"),
    )
    columns = (
        *application_lists.LISTED,
        *match,
        _earlier().label("earlier_applications"),
        _medal().label("is_silver_medallist"),
        *candidate_mark_service.columns(Application.job_id, Application.candidate_id),
    )
    statement = sa.select(*columns).select_from(Application).outerjoin(CandidateMatch, of_both)
    found = statement.where(Application.job_id == job_id, *_conditions(query)).subquery("applicants")
    if not sees and query.sort.endswith("match_score"):
        if "sort" in query.model_fields_set:
            raise BadRequest("Sorting by match_score requires the candidate_matches.read permission.", code="bad_sort")
        query = query.model_copy(update={"sort": "-applied_at"})
    page = listing.paginate(sa.select(found), found, query, within=job_id)
    page.data = [_shown(row, sees) for row in page.data]
    return listing.page_with(ApplicantOut, page, query, application_lists.EXPANSIONS)


def _shown(row: Any, sees: bool) -> dict[str, Any]:
    shown = dict(row._mapping)
    shown["match_score"] = row.hundredths / 100 if sees and row.hundredths is not None else None
    hidden = ("match_grade", "match_confidence", "mark", "marked_by_id")
    return shown if sees else {**shown, **dict.fromkeys(hidden)}


def _earlier() -> Any:
    """Count the earlier applications of the candidate."""
    return sa.select(sa.func.count(OTHER.c.id)).where(*_other()).correlate(Application).scalar_subquery()


def _medal() -> Any:
    """Return the condition that an earlier application came close."""
    in_stage = sa.and_(STAGES.c.tenant_id == HISTORY.c.tenant_id, STAGES.c.id == HISTORY.c.stage_id)
    of_other = sa.and_(HISTORY.c.tenant_id == OTHER.c.tenant_id, HISTORY.c.application_id == OTHER.c.id)
    ended = OTHER.c.status.in_((ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN))
    joined = OTHER.join(HISTORY, of_other).join(STAGES, in_stage)
    close = sa.select(OTHER.c.id).select_from(joined).where(*_other(), ended, STAGES.c.kind.in_(CLOSE))
    return close.correlate(Application).exists()


def _other() -> list[Any]:
    """Return the conditions on an earlier application of the same candidate, as far as the actor sees it."""
    return [
        OTHER.c.tenant_id == Application.tenant_id,
        OTHER.c.candidate_id == Application.candidate_id,
        OTHER.c.id < Application.id,
        *visibility_conditions.applications(OTHER.c),
    ]


def _conditions(query: ApplicantQuery) -> list[Any]:
    found = [
        listing.equals(getattr(Application, name), value)
        for name in FILTERED
        if (value := getattr(query, name)) is not None
    ]
    if query.mark is not None:
        rights.require_for_field("mark", "candidate_matches.read")
        found.append(candidate_mark_service.filtered(Application.job_id, Application.candidate_id, query.mark))
    if query.owner_id is not None:
        found.append(listing.equals(rows.scalar_lookup(Candidate.owner_id, Application.candidate_id), query.owner_id))
    if query.q is not None:
        found.append(Application.candidate_id.in_(candidate_search_sql.ids_of(query.q)))
    if query.stage_kind is not None:
        found.append(rows.scalar_lookup(JobStage.kind, Application.stage_id).in_(query.stage_kind))
    if query.is_silver_medallist is not None:
        found.append(_medal() if query.is_silver_medallist else ~_medal())
    own = sa.and_(
        ApplicationAnswer.tenant_id == Application.tenant_id, ApplicationAnswer.application_id == Application.id
    )
    if query.has_passed is not None:
        found += visibility_conditions.applications_opened(Application, Opens.ANSWERS)
        failed = sa.exists().where(own, ApplicationAnswer.has_passed.is_(False))
        found.append(~failed if query.has_passed else failed)
    if query.answer is not None:
        question_id, _, value = query.answer.partition(":")
        is_it = ApplicationAnswer.question_id == _id(question_id), _has_answer(_id(question_id), value)
        found.append(sa.exists().where(own, *is_it))
    return found


def _has_answer(question_id: UUID, value: str) -> Any:
    """Return the condition that an answer is the value, or a list with it; BadRequest if it cannot be an answer."""
    given = ApplicationAnswer.answer["value"]
    if db.session.scalar(sa.select(JobQuestion.kind).where(JobQuestion.id == question_id)) == QuestionKind.YES_NO:
        if value not in TRUTHS:
            raise BadRequest("The answer to a yes/no question is `yes` or `no`.", code="invalid_parameters")
        return given.as_boolean() == sa.literal(TRUTHS[value])
    written = sa.cast(given, sa.Text)  # as JSON on PostgreSQL; SQLite returns texts and truths as they are
    in_list = sa.func.strpos(written, json.dumps(value, ensure_ascii=False)) > 0
    return sa.or_(given.as_string() == value, written == value, in_list)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise BadRequest("`answer` must begin with the id of a question.", code="invalid_parameters") from error
