"""The applicants of a job: all ranked, filtered by answers and by their history."""

from __future__ import annotations

from uuid import UUID

from app.extensions import db
from app.models import ApplicationAnswer
from app.services.matching import candidate_match_service
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.candidate_resume import make_resume
from tests.factories.careers import make_question
from tests.factories.client import ok, refused
from tests.factories.job import make_job
from tests.factories.job_part import join, make_member
from tests.factories.raw_writes import raw_writes


def _rows(api, job, **query):
    return ok(api.get(f"/jobs/{job}/applicants", query_string=query))["data"]


def test_all_applicants_are_ranked_page_by_page(tenant, api):
    job = make_job(tenant)
    skilled = ok(api.get(f"/candidate-resumes/{make_resume(tenant)}"))["candidate_id"]
    applications = [make_application(tenant, None, job) for _ in range(4)] + [make_application(tenant, skilled, job)]
    with tenant.bound():
        candidate_match_service.refresh(job)
    late = make_application(tenant, None, job)
    found, cursor = [], ""
    while cursor is not None:
        page = ok(
            api.get(f"/jobs/{job}/applicants", query_string={"limit": 2, **({"cursor": cursor} if cursor else {})})
        )
        found, cursor = found + page["data"], page["next_cursor"]
    assert {each["id"] for each in found} == {*map(str, applications), str(late)}
    scores = [each["match_score"] for each in found if each["match_score"] is not None]
    assert scores == sorted(scores, reverse=True) and found[0]["candidate_id"] == skilled
    assert (found[-1]["id"], found[-1]["match_score"], found[-1]["match_grade"]) == (str(late), None, None)
    best, *_ = ok(api.get(f"/candidates/{skilled}/matches"))["data"]
    assert (best["job_id"], best["score"], best["is_applicant"]) == (str(job), found[0]["match_score"], True)


def test_filters_on_answers(tenant, api):
    job = make_job(tenant)
    question = make_question(tenant, job, "short_text")
    values = ("yes", "no", True, 5, 2.5, ["Java", "C++"], 'a "quote" and 100%_')
    of_value = {}
    silent = make_application(tenant, None, job)
    for value in values:
        of_value[str(value)] = application = make_application(tenant, None, job)
        candidate = UUID(ok(api.get(f"/applications/{application}"))["candidate_id"])
        with tenant.bound(), raw_writes():
            own = {"application_id": application, "candidate_id": candidate, "question_id": question}
            db.session.add(ApplicationAnswer(**own, answer={"value": value}, has_passed=value != "no"))
            db.session.commit()
    expected = {"yes": "yes", "no": "no", "5": "5", "2.5": "2.5", "Java": "['Java', 'C++']", "C++": "['Java', 'C++']"}
    for answer, value in {**expected, values[-1]: values[-1]}.items():
        found = [each["id"] for each in _rows(api, job, answer=f"{question}:{answer}")]
        assert found == [str(of_value[value])], answer
    for answer in ("ye", "YES", "value", "Jav", "C", "%", "quote"):
        assert _rows(api, job, answer=f"{question}:{answer}") == [], answer
    assert [each["id"] for each in _rows(api, job, has_passed="false")] == [str(of_value["no"])]
    assert str(silent) in {each["id"] for each in _rows(api, job, has_passed="true")}
    bad = api.get(f"/jobs/{job}/applicants?answer={'-' * 36}:x")
    assert refused(bad, 400) == "invalid_parameters"


def test_who_came_close_before_is_a_silver_medallist(tenant, api):
    earlier, job = make_job(tenant), make_job(tenant)
    medallist, newcomer, other = (make_candidate(tenant) for _ in range(3))
    before = make_application(tenant, medallist, earlier)
    stages = {each["kind"]: each["id"] for each in ok(api.get(f"/jobs/{earlier}/stages"))["data"]}
    step = {"from_stage_id": stages["applied"], "to_stage_id": stages["interview"]}
    ok(api.post(f"/applications/{before}/move", step))
    ok(api.post(f"/applications/{before}/reject", {"reason": "Second best"}))
    ok(api.post(f"/applications/{make_application(tenant, other, earlier)}/reject", {"reason": "Not for us"}))
    for candidate in (medallist, newcomer, other):
        make_application(tenant, candidate, job)
    marks = {each["candidate_id"]: each for each in _rows(api, job)}
    assert [marks[str(each)]["is_silver_medallist"] for each in (medallist, newcomer, other)] == [True, False, False]
    assert [marks[str(each)]["earlier_applications"] for each in (medallist, newcomer, other)] == [1, 0, 1]
    assert [each["candidate_id"] for each in _rows(api, job, is_silver_medallist="true")] == [str(medallist)]
    member = join(tenant, make_member(tenant), [job], "hiring_manager")
    assert {each["earlier_applications"] for each in _rows(member, job)} == {0}, "of another job, out of sight"


def test_yes_and_no_are_answers_on_every_database(tenant, api):
    job = make_job(tenant)
    question, of_value = make_question(tenant, job), {}
    for value in (True, False):
        of_value[value] = application = make_application(tenant, None, job)
        candidate = UUID(ok(api.get(f"/applications/{application}"))["candidate_id"])
        with tenant.bound(), raw_writes():
            own = {"application_id": application, "candidate_id": candidate, "question_id": question}
            db.session.add(ApplicationAnswer(**own, answer={"value": value}, has_passed=value))
            db.session.commit()
    for answer, value in {"yes": True, "true": True, "no": False, "false": False}.items():
        assert [each["id"] for each in _rows(api, job, answer=f"{question}:{answer}")] == [str(of_value[value])]
    wrong = api.get(f"/jobs/{job}/applicants", query_string={"answer": f"{question}:1"})
    assert refused(wrong, 400) == "invalid_parameters"
