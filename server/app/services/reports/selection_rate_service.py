"""Selection rates by answers to the voluntary survey, with the four-fifths rule; small groups are hidden.

29 CFR 1607.4 D and 1607.16 R: the selection rate of a group is the share of it that is selected; a rate below four
fifths of the highest rate is generally regarded as evidence of adverse impact. Decision 0020 explains what prevents the
inference of single answers: whole past months, figures as of last midnight, rates without counts, hidden cells.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, StageHistoryEntry, SurveyAnswer, SurveyQuestion
from app.models.application import ApplicationStatus
from app.models.job_stage import StageKind
from app.schemas.report_schema import (
    ReportGroup,
    ReportQuery,
    SelectionOut,
    SelectionQuery,
    SelectionRate,
    SelectionStage,
)
from app.services.access import visibility_service
from app.services.core import rows
from app.services.core.rows import as_scalar
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.reports import report_facts
from app.services.reports.report_scope import Period, ReportScope, following_month, read_scope
from app.services.reports.report_sql import count_if
from app.services.settings import tenant_settings_service
from app.utils import clock
from app.utils.errors import BadRequest

SMALLEST_CELL = 5  # people selected, or rejected, at a stage
FOUR_FIFTHS = Decimal("0.8")
MONTHS = 12  # by default
OVERALL = "From the application to the hire"
Counts = dict[str, tuple[int, int]]  # per answer: number selected, number rejected


@use_case
def get(query: SelectionQuery) -> SelectionOut:
    """Return the rates per stage; Forbidden unless everything is visible to the caller. Recorded in the audit trail."""
    visibility_service.require_all("Selection rates")
    question = rows.get(SurveyQuestion, query.question_id)
    report_scope, as_of = _frame(query)
    counts = _counts(report_scope, question, as_of)
    stages = {key: label for key, label in report_scope.steps.labels.items() if key in _steps(report_scope)} | {
        "overall": OVERALL
    }
    hidden = suppressed([counts[key] for key in stages])
    filters = {name: str(value) for name, value in query if value is not None and name != "question_id"}
    # Rates that differ by one person reveal that person's answer, so the ledger says who read which.
    event_service.record("selection_rates.read", question, filters=filters)
    return SelectionOut(
        question_id=question.id,
        question=question.label,
        since=report_scope.period.since,
        until=report_scope.period.until,
        as_of=as_of,
        smallest_cell=SMALLEST_CELL,
        stages=[
            SelectionStage(stage=key, label=label, groups=rates(question.options, counts[key], hidden))
            for key, label in stages.items()
        ],
    )


def rates(answers: list[str], counts: Counts, hidden: set[str]) -> list[SelectionRate]:
    """Return the rate of each group and its ratio to the highest rate."""
    shown = {
        answer: Decimal(selected) / (selected + rejected)
        for answer, (selected, rejected) in counts.items()
        if answer not in hidden and selected + rejected
    }
    highest = max(shown.values(), default=Decimal(0))  # of those shown: a ratio to a hidden rate would reveal it
    return [_rate(answer, shown.get(answer), highest, answer in hidden) for answer in answers]


def suppressed(stages: list[Counts]) -> set[str]:
    """Return the groups to hide at every stage, because one of their cells is small at some stage.

    Never a single group: it could be computed from the total and the others.
    """
    sizes: defaultdict[str, int] = defaultdict(int)
    hidden = set()
    for counts in stages:
        for answer, cells in counts.items():
            sizes[answer] = max(sizes[answer], sum(cells))
            # Zero is shown: a rule that hides it would hide the most serious cases.
            if any(0 < cell < SMALLEST_CELL for cell in cells):
                hidden.add(answer)
    # The smallest of the others is hidden, too, as the least loss.
    others = sorted((size, answer) for answer, size in sizes.items() if size and answer not in hidden)
    return hidden | {others[0][1]} if len(hidden) == 1 and others else hidden


def _rate(answer: str, rate: Decimal | None, highest: Decimal, hidden: bool) -> SelectionRate:
    ratio = rate / highest if rate is not None and highest else None
    return SelectionRate(
        answer=answer,
        rate=None if rate is None else rate.quantize(Decimal("0.01")),  # more digits could reveal the counts
        ratio=None if ratio is None else ratio.quantize(Decimal("0.01")),
        below_four_fifths=None if ratio is None else ratio < FOUR_FIFTHS,  # not of the rounded ratio
        is_suppressed=hidden,
    )


def _frame(query: SelectionQuery) -> tuple[ReportScope, datetime]:
    """Return the scope, which covers whole past months, and the last midnight."""
    zone = tenant_settings_service.time_zone()
    today = clock.now().astimezone(ZoneInfo(zone)).date()
    this_month = today.replace(day=1)
    after = following_month(_first_day(query.until)) if query.until else this_month
    if after > this_month:  # the current month grows by single applications
        raise BadRequest("Selection rates are available for past months only.", code="bad_period")
    until = after - timedelta(days=1)
    since = _first_day(query.since) if query.since else _months_before(after, MONTHS)
    wanted = ReportQuery(since=since, until=until, job_id=query.job_id, department_id=query.department_id)
    # The last midnight: rates before and after an action of today would reveal the answer of its candidate.
    return read_scope(wanted, (ReportGroup.STAGE,)), Period(today, today, zone).begins


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _months_before(month: date, count: int) -> date:
    months = month.year * 12 + month.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def _steps(report_scope: ReportScope) -> list[str]:
    """Return the stages with a selection: not leads, who have not applied, and not the hire itself."""
    kinds = report_scope.steps.kinds
    return [key for key in report_scope.steps.labels if kinds[key] not in (StageKind.LEAD, StageKind.HIRED)]


def _counts(report_scope: ReportScope, question: SurveyQuestion, as_of: datetime) -> defaultdict[str, Counts]:
    own = sa.and_(SurveyAnswer.application_id == Application.id, SurveyAnswer.question_id == question.id)
    answer = as_scalar(SurveyAnswer, sa.select(SurveyAnswer.answer).where(own))
    # From the stage history, since the application has its current status only.
    status = as_scalar(
        StageHistoryEntry,
        sa.select(StageHistoryEntry.status).where(
            StageHistoryEntry.application_id == Application.id, report_facts.present(as_of)
        ),
    )
    rank = report_facts.furthest(report_scope.steps, as_of)
    applied_in_period = sa.select(answer.label("answer"), status.label("status"), rank.label("rank"))
    # With offset(0), as in `report_facts.applied_in_period`: each column is evaluated once.
    applied_in_period = applied_in_period.where(
        report_scope.period.holds(Application.created_at), *report_scope.filters(report_facts.OF_APPLICATION)
    ).offset(0)
    everybody = applied_in_period.subquery()
    each = sa.select(everybody).where(everybody.c.answer.is_not(None)).subquery("each")
    step = report_scope.steps.table()
    rejected = each.c.status == ApplicationStatus.REJECTED
    stopped = sa.and_(each.c.rank == step.c.rank, rejected)
    # Selected are those who advanced. Undecided, withdrawn and transferred applications are in neither count.
    by_step = sa.select(step.c.key, each.c.answer, count_if(each.c.rank > step.c.rank), count_if(stopped))
    by_step = by_step.join_from(each, step, each.c.rank >= step.c.rank).group_by(step.c.key, each.c.answer)
    hired = count_if(each.c.status == ApplicationStatus.HIRED)
    overall = sa.select(sa.literal("overall"), each.c.answer, hired, count_if(rejected)).group_by(each.c.answer)
    counts: defaultdict[str, Counts] = defaultdict(dict)
    for statement in (by_step, overall):
        for key, given, selected, refused in db.session.execute(statement):
            counts[key][given] = (int(selected), int(refused))
    return counts
