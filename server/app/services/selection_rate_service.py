"""Selection rates by the answers to the voluntary survey, with the four-fifths rule; few people make no figure.

29 CFR 1607.4 D and 1607.16 R: the rate of a group is the share of it that goes on; less than four fifths of the
highest rate is generally taken for evidence of adverse impact.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, SurveyAnswer, SurveyQuestion
from app.models.application import ApplicationStatus
from app.schemas.report_schema import PeriodQuery, ReportGroup, ReportQuery, SelectionQuery
from app.services import event_service, report_facts, rows, sight_service
from app.services.report_frame import Frame, frame, one_of
from app.services.report_sql import how_many
from app.services.transaction import use_case

SMALLEST_GROUP = 5
FOUR_FIFTHS = Decimal("0.8")
OVERALL = "From the application to the hire"
Counts = dict[str, tuple[int, int]]  # per answer: who went on, and who was rejected


@use_case
def get(query: SelectionQuery) -> Any:
    """The rates per stage; the ledger tells who asked, for figures that differ by one person tell of that person."""
    sight_service.require_all("Selection rates")
    question = rows.get(SurveyQuestion, query.question_id)
    period = {name: getattr(query, name) for name in PeriodQuery.model_fields}
    of = frame(ReportQuery(**period), (ReportGroup.STAGE,))
    counts = _counts(of, question)
    filters = {name: str(value) for name, value in period.items() if value is not None}
    event_service.record("selection_rates.read", question, filters=filters)
    return SimpleNamespace(
        question_id=question.id,
        question=question.label,
        since=of.period.since,
        until=of.period.until,
        smallest_group=SMALLEST_GROUP,
        stages=[
            SimpleNamespace(stage=key, label=label, groups=rates(question.options, counts[key]))
            for key, label in [*list(of.steps.labels.items())[:-1], ("overall", OVERALL)]
        ],
    )


def rates(answers: list[str], counts: Counts) -> list[Any]:
    """The rate of each group with its ratio to the highest; pure."""
    sizes = {answer: sum(counts.get(answer, (0, 0))) for answer in answers}
    hidden = suppressed(sizes)
    shown = {
        answer: Decimal(counts[answer][0]) / sizes[answer]
        for answer in answers
        if answer not in hidden and sizes[answer]
    }
    highest = max(shown.values(), default=Decimal(0))
    return [_rate(answer, counts, sizes[answer], shown.get(answer), highest, answer in hidden) for answer in answers]


def suppressed(sizes: dict[str, int]) -> set[str]:
    """The groups too small to show; never one alone, for the whole less the others would tell of it."""
    small = {answer for answer, size in sizes.items() if 0 < size < SMALLEST_GROUP}
    others = sorted((size, answer) for answer, size in sizes.items() if size and answer not in small)
    return small | {others[0][1]} if len(small) == 1 and others else small


def _rate(answer: str, counts: Counts, size: int, rate: Decimal | None, highest: Decimal, hidden: bool) -> Any:
    ratio = rate / highest if rate is not None and highest else None
    return SimpleNamespace(
        answer=answer,
        considered=None if hidden else size,
        selected=None if hidden else counts.get(answer, (0, 0))[0],
        rate=None if rate is None else rate.quantize(Decimal("0.0001")),
        ratio=None if ratio is None else ratio.quantize(Decimal("0.0001")),
        below_four_fifths=None if ratio is None else ratio < FOUR_FIFTHS,
        is_suppressed=hidden,
    )


def _counts(of: Frame, question: SurveyQuestion) -> defaultdict[str, Counts]:
    own = sa.and_(SurveyAnswer.application_id == Application.id, SurveyAnswer.question_id == question.id)
    answer = one_of(SurveyAnswer, sa.select(SurveyAnswer.answer).where(own))
    everybody = report_facts.came(of, of.steps, answer.label("answer")).subquery()
    each = sa.select(everybody).where(everybody.c.answer.is_not(None)).subquery("each")
    step = of.steps.table()
    rejected = each.c.status == ApplicationStatus.REJECTED
    stopped = sa.and_(each.c.rank == step.c.rank, rejected)
    by_step = sa.select(step.c.key, each.c.answer, how_many(each.c.rank > step.c.rank), how_many(stopped))
    by_step = by_step.join_from(each, step, each.c.rank >= step.c.rank).group_by(step.c.key, each.c.answer)
    hired = how_many(each.c.status == ApplicationStatus.HIRED)
    overall = sa.select(sa.literal("overall"), each.c.answer, hired, how_many(rejected)).group_by(each.c.answer)
    counts: defaultdict[str, Counts] = defaultdict(dict)
    for statement in (by_step, overall):
        for key, answer, selected, refused in db.session.execute(statement):
            counts[key][answer] = (int(selected), int(refused))
    return counts
