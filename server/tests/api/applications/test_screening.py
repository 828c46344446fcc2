"""The screening queue: a rule stops an application, a person decides, and both stay on record."""

from __future__ import annotations

import json

import pytest

from app.models.job_team_member import JobRole
from tests.factories.application import make_application, make_screening
from tests.factories.candidate import make_candidate
from tests.factories.careers import apply_by_api, make_posting, make_question
from tests.factories.client import ok, refused
from tests.factories.job import make_job
from tests.factories.job_part import join, make_member
from tests.factories.pipeline import make_reason
from tests.factories.statement_counts import count_statements


@pytest.fixture
def job(tenant):
    return make_job(tenant)


@pytest.fixture
def applied(tenant, api, job):
    """Apply on the careers page with an answer that does not pass, and return the application."""

    def apply(**settings):
        if settings:
            ok(api.put("/tenant/settings", settings))
        question = make_question(tenant, job, "number", "Years?", passes={"min": "3"})
        answers = json.dumps([{"question_id": str(question), "value": "2"}])
        answer = ok(apply_by_api(tenant, make_posting(tenant, job), answers=answers), 201)
        assert answer["status"] == "received"
        (application,) = ok(api.get(f"/applications?job_id={job}"))["data"]
        return application

    return apply


def _queue(api, **query):
    return ok(api.get("/screenings", query_string=query))["data"]


def _bulk(api, action, key="once", **body):
    answer = ok(api.post(f"/screenings/bulk/{action}", body, headers={"Idempotency-Key": key}))
    return [(each["result"], each["code"]) for each in answer["results"]]


def _mails(api):
    found = ok(api.get("/email-messages"))["data"]
    return [each["status"] for each in found if each["template"] == "application_rejected"]


def _step(api, application, kind):
    stages = ok(api.get(f"/jobs/{application['job_id']}"))["stages"]
    target = next(each["id"] for each in stages if each["kind"] == kind)
    return api.post(
        f"/applications/{application['id']}/move",
        {"from_stage_id": application["stage_id"], "to_stage_id": target},
    )


def test_a_failed_answer_waits_for_a_person(api, applied):
    application = applied()
    assert (application["status"], application["awaits_screening"]) == ("active", True)
    assert [each["id"] for each in ok(api.get("/applications?awaits_screening=true"))["data"]] == [application["id"]]
    (screening,) = _queue(api, status="waiting")
    assert _queue(api, mine=False) == [screening] and _queue(api, mine=True) == []
    (failed,) = screening["failed"]
    assert (failed["label"], failed["passes"], failed["value"]) == ("Years?", {"min": "3"}, "2")
    assert screening["candidate"]["id"] == application["candidate_id"] and screening["job"]["title"]
    assert screening["allowed_actions"] == ["confirm", "overturn"] and _mails(api) == []


def test_the_rule_is_the_actor_not_the_candidate(tenant, api, applied):
    application = applied(reject_failed_screening=True)
    assert (application["status"], application["status_reason"]) == ("rejected", "Screening: Years?")
    assert application["awaits_screening"] is False and _mails(api) == ["queued"]
    (screening,) = _queue(api)
    assert (screening["status"], screening["decided_by_id"]) == ("automatic", None) and screening["decided_at"]
    acts = {event["type"]: event for event in ok(api.get("/audit", query_string={"actor_kind": "rule"}))["data"]}
    assert acts.keys() == {"screening.failed", "screening.reject_by_rule", "application.screen_out"}
    named = acts["screening.failed"]["data"]
    assert (named["question_ids"], named["rules"]) == ([screening["failed"][0]["question_id"]], ['{"min":"3"}'])
    created = ok(api.get("/audit", query_string={"type": "application.created"}))["data"]
    assert created[0]["actor_kind"] != "rule" and ok(api.get("/audit/verify"))["valid"]
    ok(api.post(f"/applications/{application['id']}/reopen", {}))
    assert [each["status"] for each in _queue(api)] == ["automatic"], "it stays after a reopen"


def test_a_person_confirms(tenant, api, applied):
    application = applied()
    (screening,) = _queue(api)
    done = ok(api.post(f"/screenings/{screening['id']}/confirm", {}))
    assert (done["status"], done["decided_by_id"]) == ("confirmed", str(tenant.users["TENANT_ADMIN"]))
    after = ok(api.get(f"/applications/{application['id']}"))
    assert (after["status"], after["status_reason"]) == ("rejected", "Screening: Years?")
    assert after["awaits_screening"] is False and _mails(api) == ["queued"]
    event = ok(api.get("/audit", query_string={"type": "application.reject"}))["data"][0]
    assert event["actor_kind"] == "user"
    assert refused(api.post(f"/screenings/{screening['id']}/overturn", {}), 409) == "illegal_transition"


def test_a_person_confirms_with_a_reason_of_the_tenant(tenant, api):
    screening, reason = make_screening(tenant), make_reason(tenant)
    done = ok(api.post(f"/screenings/{screening}/confirm", {"reason_id": str(reason)}))
    application = ok(api.get(f"/applications/{done['application_id']}"))
    assert application["rejection_reason_id"] == str(reason) and application["status_reason"]


def test_a_person_overturns_and_nobody_is_mailed(tenant, api, applied):
    application = applied()
    (screening,) = _queue(api)
    done = ok(api.post(f"/screenings/{screening['id']}/overturn", {"reason": "Two years in this trade are enough."}))
    assert (done["status"], done["status_reason"]) == ("overturned", "Two years in this trade are enough.")
    after = ok(api.get(f"/applications/{application['id']}"))
    assert (after["status"], after["awaits_screening"]) == ("active", False) and _mails(api) == []
    assert after["version"] == application["version"] + 1


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (lambda api, each: _step(api, each, "interview"), "overturned"),
        (lambda api, each: api.post(f"/applications/{each['id']}/reject", {"reason": "Too far."}), "confirmed"),
        (lambda api, each: api.post(f"/applications/{each['id']}/withdraw", {}), "void"),
        (lambda api, each: api.post(f"/applications/{each['id']}/hire", {}), "overturned"),
    ],
    ids=["move", "reject", "withdraw", "hire"],
)
def test_what_a_person_does_with_the_application_decides_too(tenant, api, act, status):
    screening = make_screening(tenant)
    application = ok(api.get(f"/applications/{_queue(api)[0]['application_id']}"))
    ok(act(api, application))
    after = ok(api.get(f"/screenings/{screening}"))
    assert (after["status"], after["decided_by_id"]) == (status, str(tenant.users["TENANT_ADMIN"]))
    assert ok(api.get(f"/applications/{application['id']}"))["awaits_screening"] is False


def test_many_are_decided_at_once_after_a_look(tenant, api):
    waiting = [str(make_screening(tenant)) for _ in range(3)]
    done = str(make_screening(tenant))
    ok(api.post(f"/screenings/{done}/overturn", {}))
    ids = [*waiting, done, str(make_application(tenant))]
    expected = [("changed", None)] * 3 + [("refused", "illegal_transition"), ("not_found", None)]
    assert _bulk(api, "confirm", "look", screening_ids=ids, dry_run=True) == expected
    assert len(_queue(api, status="waiting")) == 3
    assert _bulk(api, "confirm", screening_ids=ids, reason="The position is filled.") == expected
    rejected = ok(api.get("/applications?status=rejected"))["data"]
    assert [each["status_reason"] for each in rejected] == ["The position is filled."] * 3
    assert _queue(api, status="waiting") == []
    assert refused(api.post("/screenings/bulk/confirm", {"screening_ids": ids}), 400) == "idempotency_key_missing"


def test_a_hiring_manager_decides_for_the_own_job_only(tenant, job):
    mine = make_screening(tenant, make_application(tenant, make_candidate(tenant), job))
    other = make_screening(tenant)
    manager = join(tenant, make_member(tenant), [job], JobRole.HIRING_MANAGER)
    assert [each["id"] for each in _queue(manager)] == [str(mine)]
    assert refused(manager.post(f"/screenings/{other}/confirm", {}), 404) == "not_found"
    assert _bulk(manager, "overturn", screening_ids=[str(mine), str(other)]) == [("changed", None), ("not_found", None)]
    sourcer = join(tenant, make_member(tenant), [job], JobRole.SOURCER)
    assert _queue(sourcer) == [], "answers are not opened to sourcers"


def test_an_undo_puts_applications_back_into_the_queue(tenant, api):
    for action in ("reject", "move"):
        screening = str(make_screening(tenant))
        application = ok(api.get(f"/applications/{ok(api.get(f'/screenings/{screening}'))['application_id']}"))
        body = {"application_ids": [application["id"]], "reason": "A slip."}
        if action == "move":
            stages = ok(api.get(f"/jobs/{application['job_id']}"))["stages"]
            target = next(each["id"] for each in stages if each["kind"] == "interview")
            body = {
                "application_ids": [application["id"]],
                "from_stage_id": application["stage_id"],
                "to_stage_id": target,
            }
        done = ok(api.post(f"/applications/bulk/{action}", body, headers={"Idempotency-Key": action}))
        assert ok(api.get(f"/screenings/{screening}"))["status"] in ("confirmed", "overturned")
        ok(api.post(f"/application-bulk-operations/{done['id']}/undo", {}))
        after = ok(api.get(f"/screenings/{screening}"))
        assert (after["status"], after["decided_by_id"], after["decided_at"]) == ("waiting", None, None)
        assert ok(api.get(f"/applications/{application['id']}"))["awaits_screening"] is True


def test_a_withdrawn_application_that_is_reopened_waits_again(tenant, api):
    screening = str(make_screening(tenant))
    application = ok(api.get(f"/screenings/{screening}"))["application_id"]
    ok(api.post(f"/applications/{application}/withdraw", {}))
    ok(api.post(f"/applications/{application}/reopen", {}))
    assert ok(api.get(f"/screenings/{screening}"))["status"] == "waiting"


def test_reasons_for_rejections_are_for_confirming_alone_and_are_checked_by_a_dry_run(tenant, api):
    screening, reason = str(make_screening(tenant)), str(make_reason(tenant))
    refusal = api.post(f"/screenings/{screening}/overturn", {"reason_id": reason})
    assert refused(refusal, 422) == "other_kind"
    body = {"screening_ids": [screening], "reason_id": screening, "dry_run": True}
    assert refused(api.post("/screenings/bulk/confirm", body, headers={"Idempotency-Key": "k"}), 404) == "not_found"


def test_the_actions_are_explained(tenant, api):
    screening = str(make_screening(tenant))
    explained = ok(api.get(f"/screenings/{screening}", query_string={"explain": "actions"}))["explained_actions"]
    assert {each["action"]: each["is_allowed"] for each in explained} == {"confirm": True, "overturn": True}


def test_different_questions_cost_no_more_statements_than_one(app, tenant, api):
    counts = []
    for labels in (["Years?"] * 8, [f"Question {number}?" for number in range(8)]):
        ids = [str(make_screening(tenant, label=label)) for label in labels]
        key = f"labels-{len(set(labels))}"
        counts.append(count_statements(app, lambda: _bulk(api, "confirm", key, screening_ids=ids)))
    assert counts[0] == counts[1]
    reasons = {each["status_reason"] for each in ok(api.get("/applications?status=rejected"))["data"]}
    assert len(reasons) == 9
