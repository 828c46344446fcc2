"""Selection rates: the four-fifths rule, small groups, and that nobody sees an answer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from app.extensions import db
from app.services.applications import survey_question_service
from app.services.reports.selection_rate_service import SMALLEST_CELL, rates, suppressed
from app.utils import clock
from tests.factories.careers import apply_by_api, apply_by_form, make_posting, make_survey_question
from tests.factories.client import Api, ok, refused
from tests.factories.job import make_job
from tests.factories.tenant import make_tenant

REASON = {"reason": "The position is filled."}
NEVER = "How do you describe your gender?"


def test_the_example_of_the_guidelines():
    """Questions and Answers on the Uniform Guidelines, 12: 48 of 80 white and 12 of 40 black applicants are hired."""
    white, black = rates(["white", "black"], {"white": (48, 32), "black": (12, 28)}, set())
    assert (white.rate, black.rate, black.ratio) == (Decimal("0.60"), Decimal("0.30"), Decimal("0.50"))
    assert not white.below_four_fifths and black.below_four_fifths


def test_four_fifths_are_enough():
    _, second = rates(["a", "b"], {"a": (10, 0), "b": (8, 2)}, set())
    assert second.ratio == Decimal("0.80") and second.below_four_fifths is False


def test_nobody_selected_makes_no_ratio():
    assert [each.ratio for each in rates(["a", "b"], {"a": (0, 9)}, set())] == [None, None]


def test_one_who_goes_on_is_not_told_by_the_rates_of_two_groups():
    assert suppressed([{"Woman": (1, 4), "Man": (0, 5)}]) == {"Woman", "Man"}


def test_a_group_that_is_hidden_at_one_stage_is_hidden_at_all():
    stages = [{"Woman": (20, 10), "Man": (20, 10)}, {"Woman": (17, 3), "Man": (12, 8)}]
    assert suppressed(stages) == {"Woman", "Man"}
    assert suppressed([stages[0], {"Woman": (14, 6), "Man": (12, 8)}]) == set()


CELLS = st.tuples(st.integers(0, 12), st.integers(0, 12))


@given(st.lists(st.dictionaries(st.sampled_from("abcd"), CELLS), min_size=1, max_size=4))
def test_no_small_cell_is_shown_and_none_is_the_whole_less_the_others(stages):
    hidden = suppressed(stages)
    for counts in stages:
        for answer, cells in counts.items():
            assert answer in hidden or all(cell == 0 or cell >= SMALLEST_CELL for cell in cells)
    present = {answer for counts in stages for answer, cells in counts.items() if sum(cells)}
    assert len(hidden) != 1 or len(present) == 1


@pytest.fixture
def survey(tenant):
    """A job with a survey that women, men and one other person answered two months ago; some of them went on."""
    with time_machine.travel(clock.now() - timedelta(days=62), tick=False):
        tenant.tokens.clear()
        question, job = make_survey_question(tenant, NEVER), make_job(tenant, openings=30)
        posting, api = make_posting(tenant, job), tenant.api()
        stage = next(each["id"] for each in ok(api.get(f"/jobs/{job}"))["stages"] if each["name"] == "Screening")
        people = [*[("Woman", n < 5) for n in range(14)], *[("Man", n < 9) for n in range(15)], ("Non-binary", True)]
        for answer, _ in people:
            _apply(tenant, posting, f'[{{"question_id": "{question}", "value": "{answer}"}}]')
        applications = ok(api.get("/applications", query_string={"sort": "created_at", "limit": 100}))["data"]
        for application, (_, goes_on) in zip(applications, people, strict=True):
            if goes_on:
                body = {"from_stage_id": application["stage_id"], "to_stage_id": stage}
                ok(api.post(f"/applications/{application['id']}/move", body))
            else:
                ok(api.post(f"/applications/{application['id']}/reject", REASON))
    tenant.tokens.clear()
    return question, job, applications


def _apply(tenant, posting, survey="[]", status=201):
    return ok(apply_by_api(tenant, posting, survey=survey), status)


def _rates(api, question, **query) -> dict[str, dict[str, dict]]:
    found = ok(api.get("/reports/selection-rates", query_string={"question_id": question, **query}))
    return {stage["label"]: {group["answer"]: group for group in stage["groups"]} for stage in found["stages"]}


def test_rates_by_answer(tenant, survey):
    question, job, applications = survey
    stages = _rates(tenant.api(), question, job_id=job)
    assert list(stages) == ["Applied", "Screening", "Interview", "Offer", "From the application to the hire"]
    applied = stages["Applied"]
    # One person's group is hidden, and with it the smaller of the others: whole less the rest would tell.
    assert [applied[answer]["is_suppressed"] for answer in ("Woman", "Man", "Non-binary")] == [True, False, True]
    assert applied["Man"]["rate"] == "0.60" and applied["Woman"]["rate"] is None
    assert "considered" not in applied["Man"]
    last = next(each for each, person in zip(applications, range(30), strict=True) if person == 29)
    with tenant.bound():
        db.session.execute(db.text("delete from survey_answers where application_id = :id"), {"id": _key(last["id"])})
        db.session.commit()
    applied = _rates(tenant.api(), question, job_id=job)["Applied"]
    assert (applied["Woman"]["rate"], applied["Woman"]["ratio"]) == ("0.36", "0.60")
    assert applied["Woman"]["below_four_fifths"] is True and applied["Man"]["below_four_fifths"] is False


def _key(value: str) -> str:
    return value if db.engine.dialect.name == "postgresql" else UUID(value).hex


def test_an_action_of_today_changes_nothing_before_midnight(tenant, survey):
    question, job, applications = survey
    before = _rates(tenant.api(), question, job_id=job)
    rejected = [
        each["id"]
        for each in applications
        if ok(tenant.api().get(f"/applications/{each['id']}"))["status"] == "rejected"
    ]
    for application in rejected[-3:]:
        ok(tenant.api().post(f"/applications/{application}/reopen", {}))
    assert _rates(tenant.api(), question, job_id=job) == before
    with time_machine.travel(clock.now() + timedelta(days=1)):
        tenant.tokens.clear()
        assert _rates(tenant.api(), question, job_id=job) != before
    tenant.tokens.clear()


@pytest.mark.parametrize(
    "query", [{"until": "2999-01"}, {"since": "2026-13"}, {"since": "2026-01-05"}, {"until": "2020-02"}]
)
def test_months_are_whole_and_over(tenant, query):
    question = make_survey_question(tenant)
    if query == {"until": "2020-02"}:
        found = ok(tenant.api().get("/reports/selection-rates", query_string={"question_id": question, **query}))
        assert (found["since"], found["until"]) == ("2019-03-01", "2020-02-29")
        return
    assert (
        refused(tenant.api().get("/reports/selection-rates", query_string={"question_id": question, **query}), 400)
        == "invalid_parameters"
    )
    this_month = clock.now().strftime("%Y-%m")
    answer = tenant.api().get("/reports/selection-rates", query_string={"question_id": question, "until": this_month})
    assert ok(answer, 400)["code"] == "bad_period"


def test_who_asked_is_in_the_ledger(tenant, survey):
    (question, job, _), api = survey, tenant.api()
    ok(api.get("/reports/selection-rates", query_string={"question_id": question, "job_id": job}))
    (event,) = ok(api.get("/audit", query_string={"type": "selection_rates.read"}))["data"]
    assert event["data"]["filters"] == {"job_id": str(job)}


def test_no_answer_shows_how_somebody_answered(tenant, survey):
    (_, job, applications), api = survey, tenant.api()
    application = applications[0]
    paths = (
        f"/applications/{application['id']}",
        f"/applications/{application['id']}/answers",
        f"/candidates/{application['candidate_id']}",
        f"/candidates/{application['candidate_id']}/activity",
        f"/jobs/{job}/board",
        "/events?limit=200",
        "/audit?limit=200",
    )
    for path in paths:
        assert "Woman" not in api.get(path).get_data(as_text=True), path


def test_selection_rates_are_for_whom_they_are(tenant, app):
    question = make_survey_question(tenant)
    assert (
        refused(tenant.api("MANAGER").get(f"/reports/selection-rates?question_id={question}"), 403)
        == "permission_missing"
    )
    other = make_tenant(app)
    assert refused(other.api().get(f"/reports/selection-rates?question_id={question}"), 404) == "not_found"
    small = make_tenant(app, "STARTER")
    own = make_survey_question(small)
    assert refused(small.api().get(f"/reports/selection-rates?question_id={own}"), 402) == "feature_missing"


def test_answers_are_options_or_nothing(tenant):
    question, posting = make_survey_question(tenant), make_posting(tenant)
    wrong = _apply(tenant, posting, f'[{{"question_id": "{question}", "value": "Robot"}}]', 422)
    assert wrong["errors"][0]["pointer"] == f"/survey/{question}"
    assert _apply(tenant, posting, '[{"question_id": "01890a5d-ac96-774b-bcce-b302099a8057", "value": "x"}]', 422)
    assert _apply(tenant, posting, f'[{{"question_id": "{question}", "value": null}}]')
    assert _apply(tenant, posting)


def test_the_form_of_the_careers_page_asks_and_keeps_what_was_chosen(tenant, app):
    question, posting = make_survey_question(tenant), make_posting(tenant)
    assert "Voluntary survey" in app.test_client().get(f"/careers/{tenant.slug}/jobs/{posting}").text
    chosen = {f"survey-{question}": "Man"}
    assert "<option selected>Man</option>" in apply_by_form(tenant, posting, email="x", **chosen).text
    assert apply_by_form(tenant, posting, **chosen).status_code == 200
    assert ok(tenant.api().delete(f"/survey-questions/{question}"), 409)["code"] == "question_in_use"


def test_questions_of_the_survey(tenant, api):
    question = ok(api.post("/survey-questions", {"label": NEVER, "options": ["A", "B"]}), 201)
    path = f"/survey-questions/{question['id']}"
    assert ok(api.post("/survey-questions", {"label": NEVER.upper(), "options": ["A", "B"]}), 409)
    assert ok(api.post("/survey-questions", {"label": "Other", "options": ["a", "A"]}), 422)
    assert ok(api.patch(path, {"options": ["A", "B", "C"]}))["options"] == ["A", "B", "C"]
    posting = make_posting(tenant)
    _apply(tenant, posting, f'[{{"question_id": "{question["id"]}", "value": "C"}}]')
    for options in (["A", "B"], ["B", "C"]):
        assert ok(api.patch(path, {"options": options}), 409)["code"] == "options_in_use"
    assert ok(api.patch(path, {"is_active": False}))["is_active"] is False
    assert "survey" in ok(Api(tenant.app).get(f"/public/careers/{tenant.slug}/jobs/{posting}"))
    assert ok(Api(tenant.app).get(f"/public/careers/{tenant.slug}/jobs/{posting}"))["survey"] == []
    other = ok(api.post("/survey-questions", {"label": "Age", "options": ["A", "B"]}), 201)["id"]
    ok(api.delete(f"/survey-questions/{other}"), 204)
    assert [each["id"] for each in ok(api.get("/survey-questions"))["data"]] == [question["id"]]


def test_the_survey_has_an_end(tenant, api):
    for number in range(survey_question_service.MAX_QUESTIONS):
        make_survey_question(tenant, f"Question {number}")
    answer = api.post("/survey-questions", {"label": NEVER, "options": ["A", "B"]})
    assert ok(answer, 409)["code"] == "too_many_questions"
