"""Screening questions: their kinds, the answers that go on, and what stays of them."""

from __future__ import annotations

import json

import pytest

from app.extensions import db
from app.models import JobQuestion
from app.services.jobs import job_question_service
from app.utils.errors import Invalid
from tests.factories.careers import apply_by_api, make_posting, make_question
from tests.factories.client import ok, refused
from tests.factories.job import make_job

CHOICES = {"options": ["Rope", "Crane", "Tide"]}


def _question(tenant, kind, **values) -> JobQuestion:
    question_id = make_question(tenant, make_job(tenant), kind, **values)
    return db.session.get_one(JobQuestion, question_id)


@pytest.mark.parametrize(
    ("kind", "values", "given", "kept"),
    [
        ("short_text", {}, "  Bremen ", "Bremen"),
        ("long_text", {}, "One\nTwo", "One\nTwo"),
        ("yes_no", {}, "yes", True),
        ("yes_no", {}, False, False),
        ("single_choice", CHOICES, "Tide", "Tide"),
        ("multiple_choice", CHOICES, ["Tide", "Rope", "Tide"], ["Tide", "Rope"]),
        ("multiple_choice", CHOICES, "Rope", ["Rope"]),
        ("number", {}, "3.50", "3.5"),
        ("number", {}, 3, "3"),
        ("date", {}, "2027-03-01", "2027-03-01"),
        ("link", {}, "https://quay.example/ida", "https://quay.example/ida"),
    ],
)
def test_each_kind_has_its_answers(tenant, kind, values, given, kept):
    with tenant.bound():
        question = _question(tenant, kind, **values)
        assert job_question_service.read([question], {question.id: given}) == {question.id: kept}


@pytest.mark.parametrize(
    ("kind", "values", "given"),
    [
        ("short_text", {}, "a\nb"),
        ("short_text", {}, 7),
        ("yes_no", {}, "maybe"),
        ("single_choice", CHOICES, "Sail"),
        ("single_choice", CHOICES, ["Rope"]),
        ("multiple_choice", CHOICES, ["Rope", "Sail"]),
        ("number", {}, "three"),
        ("number", {}, "NaN"),
        ("number", {}, "1e400"),
        ("date", {}, "01.03.2027"),
        ("link", {}, "javascript:alert(1)"),
    ],
)
def test_what_is_no_answer_is_refused_with_a_pointer(tenant, kind, values, given):
    with tenant.bound():
        question = _question(tenant, kind, **values)
        with pytest.raises(Invalid) as refused:
            job_question_service.read([question], {question.id: given})
    assert refused.value.errors[0]["pointer"] == f"/answers/{question.id}"


@pytest.mark.parametrize(
    ("kind", "passes", "options", "good", "bad"),
    [
        ("yes_no", {"any_of": ["yes"]}, [], True, False),
        ("single_choice", {"any_of": ["Rope", "Tide"]}, CHOICES["options"], "Tide", "Crane"),
        ("multiple_choice", {"any_of": ["Rope"]}, CHOICES["options"], ["Crane", "Rope"], ["Crane"]),
        ("number", {"min": "3", "max": "10"}, [], "10", "2.99"),
        ("date", {"max": "2027-03-31"}, [], "2027-03-31", "2027-04-01"),
    ],
)
def test_a_rule_says_which_answers_go_on(tenant, kind, passes, options, good, bad):
    with tenant.bound():
        question = _question(tenant, kind, passes=passes, options=options)
        assert job_question_service.has_passed(question, good) and not job_question_service.has_passed(question, bad)


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "yes_no", "options": ["a"]},
        {"kind": "single_choice"},
        {"kind": "single_choice", "options": ["a", "a"]},
        {"kind": "yes_no", "passes": {"any_of": ["maybe"]}},
        {"kind": "short_text", "passes": {"min": "3"}},
        {"kind": "number", "passes": {"min": "three"}},
        {"kind": "date", "passes": {"min": "3"}},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(tenant, api, body):
    assert (
        refused(api.post(f"/jobs/{make_job(tenant)}/questions", {"label": "What?", **body}), 422) == "validation_failed"
    )


def test_questions_are_ordered_changed_and_copied_with_their_job(tenant, api):
    job = make_job(tenant)
    ids = [str(make_question(tenant, job, label=f"Question {n}")) for n in range(3)]
    path = f"/jobs/{job}/questions"
    ok(api.patch(f"{path}/{ids[2]}", {"position": 0, "label": "First?", "passes": {"any_of": ["no"]}}))
    found = ok(api.get(path))["data"]
    assert [each["label"] for each in found] == ["First?", "Question 0", "Question 1"]
    assert [each["position"] for each in found] == [0, 1, 2] and found[0]["passes"] == {"any_of": ["no"]}
    assert api.patch(f"{path}/{ids[0]}", {"passes": {"min": "3"}}).get_json()["code"] == "bad_rule"
    ok(api.delete(f"{path}/{ids[0]}"), 204)
    assert refused(api.delete(f"{path}/{ids[0]}"), 404) == "not_found"
    clone = ok(api.post(f"/jobs/{job}/clone", {}), 201)["id"]
    assert [each["label"] for each in ok(api.get(f"/jobs/{clone}/questions"))["data"]] == ["First?", "Question 1"]


def test_an_answered_question_is_kept_even_if_its_answers_are_not_visible(tenant, api):
    job = make_job(tenant)
    question = make_question(tenant, job, "yes_no")
    posting = make_posting(tenant, job)
    ok(apply_by_api(tenant, posting, answers=json.dumps([{"question_id": str(question), "value": "yes"}])), 201)
    ok(tenant.api("TEAM_LEAD").delete(f"/jobs/{job}/questions/{question}"), 204)
    with tenant.bound():
        assert db.session.get_one(JobQuestion, question).position is None
    assert ok(api.get(f"/jobs/{job}/questions"))["data"] == []
