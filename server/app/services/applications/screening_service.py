"""Screenings: a rule stops an application, a person decides, unless the tenant lets the rule reject by itself."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from app.extensions import db
from app.models import Application, ApplicationAnswer, JobQuestion, RejectionReason, Screening
from app.models.application import APPLICATION_MACHINE, ApplicationStatus
from app.models.screening import SCREENING_MACHINE, ScreeningStatus
from app.schemas.lists import Page
from app.schemas.screening_schema import (
    ScreeningBulkDecision,
    ScreeningBulkItem,
    ScreeningBulkOut,
    ScreeningBulkResult,
    ScreeningDecision,
    ScreeningOut,
    ScreeningQuery,
)
from app.schemas.state_schema import ActionsQuery
from app.services.applications import rejection_reason_service
from app.services.candidates import candidate_expansions
from app.services.core import listing, rows
from app.services.core.expansion import Expansion, expand
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.jobs import job_expansions, job_team_service
from app.services.workflow import state_engine
from app.utils import clock, scope

UNDONE = (ScreeningStatus.CONFIRMED, ScreeningStatus.OVERTURNED)
RULE = "rule"  # the kind of actor: neither the candidate who answered nor a user
SHOWN: dict[str, Expansion] = {
    "candidate": ("candidate_id", candidate_expansions.candidates, None),
    "job": ("job_id", job_expansions.jobs, None),
}
# How a screening ends by what a person does with the application, by the application's new status.
SETTLED_BY = {
    ApplicationStatus.REJECTED: "reject",
    ApplicationStatus.ACTIVE: "move_on",
    ApplicationStatus.HIRED: "move_on",
}


def list_screenings(query: ScreeningQuery) -> Page[ScreeningOut]:
    """Return screenings, filtered, with the answers that the actor may see."""
    page = listing.paginate(filtered(query), Screening, query)
    return page.model_copy(update={"data": _shown(page.data)})


def filtered(query: ScreeningQuery) -> sa.Select[Any]:
    """Select the screenings that the filters beyond the columns leave."""
    statement = sa.select(Screening)
    if query.mine is not None:
        statement = statement.where(job_team_service.is_mine(Screening.job_id, query.mine))
    return statement


def get(screening_id: UUID, query: ActionsQuery = ActionsQuery()) -> ScreeningOut:
    """Return a screening, with its actions explained if the query asks for it."""
    screening = rows.get(Screening, screening_id)
    shown = _shown([screening])[0]
    if query.explain is not None:
        shown.explained_actions = state_engine.explain(SCREENING_MACHINE, screening)
    return shown


def open_screening(application: Application, failed: Sequence[JobQuestion], is_automatic: bool) -> None:
    """Stop a new application that failed these questions, or reject it at once; inside a use case."""
    screening = Screening(
        application_id=application.id,
        candidate_id=application.candidate_id,
        job_id=application.job_id,
        status=ScreeningStatus.WAITING,
        failed=[{"question_id": str(each.id), "label": each.label, "passes": each.passes} for each in failed],
    )
    db.session.add(screening)
    application.awaits_screening = True
    db.session.flush()  # the event needs the id
    with _by_rule():
        about: dict[str, Any] = {
            "application_id": application.id,
            "job_id": application.job_id,
            "question_ids": [each.id for each in failed],
            "rules": [orjson.dumps(each.passes).decode() for each in failed],
        }
        event_service.record("screening.failed", screening, **about)
        if is_automatic:
            _decided([screening])
            state_engine.fire_automatic(SCREENING_MACHINE, [screening], "reject_by_rule")


@use_case
def act(screening_id: UUID, action: str, details: ScreeningDecision, if_match: int | None) -> ScreeningOut:
    """Confirm or overturn a screening."""
    seen = rows.get(Screening, screening_id)
    rows.lock_row(Application, seen.application_id)  # lock order: application, then screening
    screening = rows.lock_for_update(Screening, screening_id, if_match)
    _decide([screening], action, details, _named(action, details))
    db.session.flush()
    return get(screening_id)


@use_case
def act_on_many(action: str, request: ScreeningBulkDecision) -> ScreeningBulkOut:
    """Confirm or overturn the screenings that wait; each has its own result."""
    wanted = list(dict.fromkeys(request.screening_ids))
    named = _named(action, request)  # also checked by a dry run
    of_these = sa.select(Screening.application_id).where(Screening.id.in_(wanted))
    rows.lock_all(Application, Application.id.in_(of_these))
    found = {each.id: each for each in rows.lock_all(Screening, Screening.id.in_(wanted))}
    able = [each for each in found.values() if each.status == ScreeningStatus.WAITING]
    if able and not request.dry_run:
        rows.count_up(able)
        _decide(able, action, request, named)
    return ScreeningBulkOut(results=[_result(each, found.get(each), able) for each in wanted])


def _result(screening_id: UUID, found: Screening | None, able: Sequence[Screening]) -> ScreeningBulkItem:
    if found is None:
        return ScreeningBulkItem(screening_id=screening_id, result=ScreeningBulkResult.NOT_FOUND)
    if found in able:
        return ScreeningBulkItem(screening_id=screening_id, result=ScreeningBulkResult.CHANGED)
    return ScreeningBulkItem(screening_id=screening_id, result=ScreeningBulkResult.REFUSED, code="illegal_transition")


def _named(action: str, details: ScreeningDecision) -> RejectionReason | None:
    return rejection_reason_service.named(details.reason_id, "reject" if action == "confirm" else action)


def _decide(
    screenings: Sequence[Screening], action: str, details: ScreeningDecision, named: RejectionReason | None
) -> None:
    """Perform the decision of a person on locked screenings."""
    _decided(screenings)
    reason = details.reason or (named.name if named else None)
    state_engine.fire_all(SCREENING_MACHINE, screenings, action, reason)
    if named is not None:
        for application in _applications(screenings):
            application.rejection_reason_id = named.id


def _decided(screenings: Sequence[Screening]) -> None:
    for each in screenings:
        each.decided_by_id, each.decided_at = scope.user_id(), clock.now()


def reject_applications(screenings: Sequence[Screening]) -> None:
    """Reject the applications of confirmed screenings; without a reason, the questions are the reason."""
    applications, reasons = _with_reasons(screenings)
    state_engine.fire_all(APPLICATION_MACHINE, applications, "reject", lambda each: reasons[each.id])


def screen_out(screenings: Sequence[Screening]) -> None:
    """Reject the applications of screenings that the rule decides by itself."""
    applications, reasons = _with_reasons(screenings)
    for each in applications:
        each.status_reason = reasons[each.id]
    state_engine.fire_automatic(APPLICATION_MACHINE, applications, "screen_out")


def end_waiting(screenings: Sequence[Screening]) -> None:
    """Let the applications of overturned screenings go on."""
    applications = _applications(screenings)
    rows.count_up(applications)
    for each in applications:
        each.awaits_screening = False


def settle_screenings(applications: Sequence[Application]) -> None:
    """Decide the screenings of applications that a person moved, rejected or ended otherwise."""
    waiting = [each for each in applications if each.awaits_screening]
    if not waiting:  # the usual case costs no statement
        return
    status = {each.id: each.status for each in waiting}
    found = rows.lock_all(
        Screening, sa.and_(Screening.application_id.in_(list(status)), Screening.status == ScreeningStatus.WAITING)
    )
    _decided(found)
    rows.count_up(found)
    for screening in found:
        step = SETTLED_BY.get(status[screening.application_id], "void")
        state_engine.fire_automatic(SCREENING_MACHINE, [screening], step)
    for each in waiting:
        each.awaits_screening = False


def wait_again(applications: Sequence[Application], since: datetime | None = None) -> None:
    """Put applications back into the queue; inside a use case.

    Those whose screening was decided by what is undone, that is `since` then; or else was void, because they had ended.
    """
    of_these = Screening.application_id.in_([each.id for each in applications])
    if since is None:
        decided = Screening.status == ScreeningStatus.VOID
    else:
        decided = sa.and_(Screening.status.in_(UNDONE), Screening.decided_at >= since)
    found = rows.lock_all(Screening, sa.and_(of_these, decided))
    rows.count_up(found)
    waiting = {each.application_id for each in found}
    for each in found:
        each.status_reason = each.decided_by_id = each.decided_at = None
    state_engine.fire_automatic(SCREENING_MACHINE, found, "wait_again")
    for application in applications:
        application.awaits_screening = application.awaits_screening or application.id in waiting


def wait_again_after_reopening(applications: Sequence[Application]) -> None:
    """Put reopened applications back into the queue if nobody had decided."""
    wait_again(applications)


def _by_rule() -> AbstractContextManager[Any]:
    """Act as the rule: the candidate answered, but rejects nobody."""
    return scope.tenant(scope.tenant_id(), replace(scope.actor(), kind=RULE, id=None))


def _applications(screenings: Sequence[Screening]) -> list[Application]:
    ids = [each.application_id for each in screenings]
    return list(db.session.scalars(sa.select(Application).where(Application.id.in_(ids)).order_by(Application.id)))


def _with_reasons(screenings: Sequence[Screening]) -> tuple[list[Application], dict[UUID, str]]:
    """Return the applications, their versions counted up, and the reason for the rejection of each."""
    applications = _applications(screenings)
    rows.count_up(applications)
    return applications, {each.application_id: each.status_reason or _questions(each) for each in screenings}


def _questions(screening: Screening) -> str:
    return f"Screening: {', '.join(each['label'] for each in screening.failed)}"[:500]


def _shown(screenings: Sequence[Screening]) -> list[ScreeningOut]:
    """Return screenings with their answers, candidates and jobs, in one statement each."""
    ids = [each.application_id for each in screenings]
    given = sa.select(ApplicationAnswer.application_id, ApplicationAnswer.question_id, ApplicationAnswer.answer)
    answers = {
        (row.application_id, str(row.question_id)): row.answer["value"]
        for row in db.session.execute(given.where(ApplicationAnswer.application_id.in_(ids)))
    }
    items = expand(screenings, list(SHOWN), SHOWN)
    for item in items:
        item["failed"] = [
            {**each, "value": answers.get((item["application_id"], each["question_id"]))} for each in item["failed"]
        ]
    return [ScreeningOut.model_validate(item) for item in items]
