"""Selection rates: the four-fifths rule, small groups, and that nobody sees an answer."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import survey_question_service
from app.services.selection_rate_service import SMALLEST_GROUP, rates, suppressed
from tests.factories.careers import apply_by_api, apply_by_form, make_posting, make_survey_question
from tests.factories.client import Api, ok
from tests.factories.job import make_job
from tests.factories.tenant import make_tenant

REASON = {"reason": "The position is filled."}
NEVER = "How do you describe your gender?"


def test_the_example_of_the_guidelines():
    """Questions and Answers on the Uniform Guidelines, 12: 48 of 80 white and 12 of 40 black applicants are hired."""
    white, black = rates(["white", "black"], {"white": (48, 32), "black": (12, 28)})
    assert (white.rate, black.rate, black.ratio) == (Decimal("0.6000"), Decimal("0.3000"), Decimal("0.5000"))
    assert not white.below_four_fifths and black.below_four_fifths


def test_four_fifths_are_enough():
    _, second = rates(["a", "b"], {"a": (10, 0), "b": (8, 2)})
    assert second.ratio == Decimal("0.8000") and second.below_four_fifths is False


def test_nobody_selected_makes_no_ratio():
    assert [each.ratio for each in rates(["a", "b"], {"a": (0, 9)})] == [None, None]


@given(st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 12)))
def test_no_small_group_is_shown_and_none_can_be_worked_out(sizes):
    hidden = suppressed(sizes)
    assert all(size == 0 or size >= SMALLEST_GROUP for answer, size in sizes.items() if answer not in hidden)
    present = [answer for answer, size in sizes.items() if size]
    assert len(hidden) != 1 or len(present) == 1


@pytest.fixture
def survey(kit, api):
    """A job with a survey that ten women, ten men and one other person answered, some of whom went on."""
    question = make_survey_question(kit, NEVER)
    job = make_job(kit, openings=30)
    posting = make_posting(kit, job)
    stage = next(each["id"] for each in ok(api.get(f"/jobs/{job}"))["stages"] if each["name"] == "Screening")
    people = [*[("Woman", n < 4) for n in range(10)], *[("Man", n < 8) for n in range(10)], ("Non-binary", True)]
    for answer, goes_on in people:
        _apply(kit, posting, f'[{{"question_id": "{question}", "value": "{answer}"}}]')
    applications = ok(api.get("/applications", query_string={"sort": "created_at", "limit": 100}))["data"]
    for application, (_, goes_on) in zip(applications, people, strict=True):
        if goes_on:
            body = {"from_stage_id": application["stage_id"], "to_stage_id": stage}
            ok(api.post(f"/applications/{application['id']}/move", body))
        else:
            ok(api.post(f"/applications/{application['id']}/reject", REASON))
    return question, job, applications


def _apply(kit, posting, survey="[]", status=201):
    return ok(apply_by_api(kit, posting, survey=survey), status)


def test_rates_by_answer(api, survey):
    question, job, _ = survey
    found = ok(api.get("/reports/selection_rates", query_string={"question_id": question, "job_id": job}))
    stages = {stage["label"]: {group["answer"]: group for group in stage["groups"]} for stage in found["stages"]}
    applied = stages["Applied"]
    # One person's group is hidden, and with it the smaller of the others: women and men are ten each, by name.
    assert [applied[answer]["is_suppressed"] for answer in ("Woman", "Man", "Non-binary")] == [False, True, True]
    assert applied["Woman"]["rate"] == "0.4000" and applied["Woman"]["considered"] == 10
    assert applied["Non-binary"]["considered"] is None and applied["Non-binary"]["rate"] is None
    assert all(group["considered"] in (0, None) for group in stages["Screening"].values())
    assert stages["From the application to the hire"]["Woman"]["is_suppressed"]  # two men alone are decided


def test_who_asked_is_in_the_ledger(api, survey):
    question, job, _ = survey
    ok(api.get("/reports/selection_rates", query_string={"question_id": question, "job_id": job}))
    (event,) = ok(api.get("/audit", query_string={"type": "selection_rates.read"}))["data"]
    assert event["data"]["filters"] == {"job_id": str(job)}


def test_no_answer_shows_how_somebody_answered(kit, api, survey):
    _, job, applications = survey
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


def test_selection_rates_are_for_whom_they_are(kit, app):
    question = make_survey_question(kit)
    assert kit.api("MANAGER").get(f"/reports/selection_rates?question_id={question}").status_code == 403
    other = make_tenant(app)
    assert other.api().get(f"/reports/selection_rates?question_id={question}").status_code == 404
    small = make_tenant(app, "STARTER")
    own = make_survey_question(small)
    assert small.api().get(f"/reports/selection_rates?question_id={own}").status_code == 402


def test_answers_are_options_or_nothing(kit):
    question, posting = make_survey_question(kit), make_posting(kit)
    wrong = _apply(kit, posting, f'[{{"question_id": "{question}", "value": "Robot"}}]', 422)
    assert wrong["errors"][0]["pointer"] == f"/survey/{question}"
    assert _apply(kit, posting, '[{"question_id": "01890a5d-ac96-774b-bcce-b302099a8057", "value": "x"}]', 422)
    assert _apply(kit, posting, f'[{{"question_id": "{question}", "value": null}}]')
    assert _apply(kit, posting)


def test_the_form_of_the_careers_page_asks_and_keeps_what_was_chosen(kit, app):
    question, posting = make_survey_question(kit), make_posting(kit)
    assert "Voluntary survey" in app.test_client().get(f"/careers/{kit.slug}/jobs/{posting}").text
    chosen = {f"survey-{question}": "Man"}
    assert "<option selected>Man</option>" in apply_by_form(kit, posting, email="x", **chosen).text
    assert apply_by_form(kit, posting, **chosen).status_code == 200
    assert ok(kit.api().delete(f"/survey-questions/{question}"), 409)["code"] == "question_in_use"


def test_questions_of_the_survey(kit, api):
    question = ok(api.post("/survey-questions", {"label": NEVER, "options": ["A", "B"]}), 201)
    path = f"/survey-questions/{question['id']}"
    assert ok(api.post("/survey-questions", {"label": NEVER.upper(), "options": ["A", "B"]}), 409)
    assert ok(api.post("/survey-questions", {"label": "Other", "options": ["a", "A"]}), 422)
    assert ok(api.patch(path, {"options": ["A", "B", "C"]}))["options"] == ["A", "B", "C"]
    posting = make_posting(kit)
    _apply(kit, posting, f'[{{"question_id": "{question["id"]}", "value": "C"}}]')
    assert ok(api.patch(path, {"options": ["A", "B"]}), 409)["code"] == "option_in_use"
    assert ok(api.patch(path, {"is_active": False}))["is_active"] is False
    assert "survey" in ok(Api(kit.app).get(f"/public/careers/{kit.slug}/jobs/{posting}"))
    assert ok(Api(kit.app).get(f"/public/careers/{kit.slug}/jobs/{posting}"))["survey"] == []
    other = ok(api.post("/survey-questions", {"label": "Age", "options": ["A", "B"]}), 201)["id"]
    ok(api.delete(f"/survey-questions/{other}"), 204)
    assert [each["id"] for each in ok(api.get("/survey-questions"))["data"]] == [question["id"]]


def test_the_survey_has_an_end(kit, api):
    for number in range(survey_question_service.MAX_QUESTIONS):
        make_survey_question(kit, f"Question {number}")
    answer = api.post("/survey-questions", {"label": NEVER, "options": ["A", "B"]})
    assert ok(answer, 409)["code"] == "too_many_questions"
