"""Actions on many candidates: told, done, undone, within one's rights, in a constant number of statements."""

from __future__ import annotations

import itertools

import pytest
import time_machine

from tests.factories.candidate import make_candidate
from tests.factories.candidate_things import make_pool, make_tag
from tests.factories.client import ok, refused
from tests.factories.statement_counts import count_statements

_keys = itertools.count(1)


def _run(api, action, status=200, **body):
    ids = body.pop("ids", None)
    sent = {**body, **({"candidate_ids": [str(each) for each in ids]} if ids else {})}
    answer = api.post(f"/candidates/bulk/{action}", sent, headers={"Idempotency-Key": f"bulk-{next(_keys)}"})
    return ok(answer, status)


def _results(answer):
    return [each["result"] for each in answer["results"]]


@pytest.fixture
def three(tenant):
    return [make_candidate(tenant, skills=["Python"]) for _ in range(3)]


def test_a_dry_run_tells_and_does_nothing(tenant, api, three):
    tag = str(make_tag(tenant))
    ok(api.put(f"/candidates/{three[0]}/tags/{tag}", None), 204)
    unknown = tenant.id
    answer = _run(api, "tag", ids=[*three, unknown], tag_id=tag, dry_run=True)
    assert _results(answer) == ["unchanged", "changed", "changed", "not_found"] and answer["id"] is None
    assert len(ok(api.get(f"/candidates?tag_id={tag}"))["data"]) == 1


def _state(tenant, api, action, candidate):
    shown = ok(api.get(f"/candidates/{candidate}"))
    tags = [each["id"] for each in ok(api.get(f"/candidates/{candidate}/tags"))["data"]]
    pools = [each["id"] for each in ok(api.get(f"/talent-pools?candidate_id={candidate}"))["data"]]
    return shown["status"], shown["owner_id"], tags, pools


@pytest.mark.parametrize(
    ("before", "action"),
    [(None, "archive"), ("archive", "activate"), (None, "assign"), ("assign", "unassign")]
    + [(None, "tag"), ("tag", "untag"), (None, "pool"), ("pool", "unpool")],
)
def test_each_action_is_done_and_taken_back(tenant, api, three, before, action):
    users, tags, pools = str(tenant.users["RECRUITER"]), str(make_tag(tenant)), str(make_pool(tenant))
    target = {"assign": {"user_id": users}, "tag": {"tag_id": tags}, "pool": {"pool_id": pools}}
    target |= {"untag": target["tag"], "unpool": target["pool"]}
    if before:
        _run(api, before, ids=three, **target.get(before, {}))
    was = [_state(tenant, api, action, each) for each in three]
    done = _run(api, action, ids=three, **target.get(action, {}))
    assert _results(done) == ["changed"] * 3
    assert all(_state(tenant, api, action, each) != state for each, state in zip(three, was, strict=True))
    undone = ok(api.post(f"/candidate-bulk-operations/{done['id']}/undo"))
    assert _results(undone) == ["undone"] * 3
    assert [_state(tenant, api, action, each) for each in three] == was
    assert refused(api.post(f"/candidate-bulk-operations/{done['id']}/undo"), 409) == "already_undone"


def test_what_changed_since_is_not_taken_back(tenant, api, three):
    done = _run(api, "assign", ids=three, user_id=str(tenant.users["RECRUITER"]))
    ok(api.post(f"/candidates/{three[0]}/assign", {"user_id": str(tenant.users["MANAGER"])}))
    undone = ok(api.post(f"/candidate-bulk-operations/{done['id']}/undo"))
    assert _results(undone) == ["skipped", "undone", "undone"]
    assert ok(api.get(f"/candidates/{three[0]}"))["owner_id"] == str(tenant.users["MANAGER"])


def test_after_a_week_nothing_is_taken_back(tenant, api, three):
    done = _run(api, "archive", ids=three)
    with time_machine.travel("2027-12-01T00:00:00Z", tick=False):
        tenant.tokens.clear()  # the old ones are over by then
        answer = tenant.api().post(f"/candidate-bulk-operations/{done['id']}/undo")
        assert (answer.status_code, answer.get_json()["code"]) == (409, "too_late")


def test_a_search_names_the_candidates(tenant, api, three):
    make_candidate(tenant, skills=["Excel"])
    assert len(_run(api, "archive", query={"q": "python"})["results"]) == 3
    assert len(ok(api.get("/candidates?status=archived"))["data"]) == 3


def test_only_those_in_sight_are_changed_and_rights_are_asked_for(tenant, api, three):
    lead = tenant.api("TEAM_LEAD")
    own = make_candidate(tenant, owner_id=tenant.users["RECRUITER"])
    assert _results(_run(lead, "archive", ids=[three[0], own])) == ["not_found", "changed"]
    recruiter = tenant.api("RECRUITER")
    _run(recruiter, "unassign", status=403, ids=[own])
    _run(recruiter, "assign", status=403, ids=[own], user_id=str(tenant.users["MANAGER"]))
    done = _run(api, "tag", ids=three, tag_id=str(make_tag(tenant)))
    assert refused(recruiter.post(f"/candidate-bulk-operations/{done['id']}/undo"), 404) == "not_found"


def test_a_key_is_needed_and_a_target_too(tenant, api, three):
    body = {"candidate_ids": [str(three[0])]}
    assert refused(api.post("/candidates/bulk/archive", body), 400) == "idempotency_key_missing"
    _run(api, "tag", status=422, ids=three)
    _run(api, "tag", status=404, ids=three, tag_id=str(tenant.id))
    _run(api, "archive", status=422, ids=three, query={"q": "python"})


def test_the_ledger_tells_each_change(tenant, api, three):
    _run(api, "archive", ids=three)
    feed = ok(api.get("/events?after=0&limit=200"))["data"]
    told = [event["subject_id"] for event in feed if event["type"] == "candidate.updated"]
    assert sorted(told) == sorted(map(str, three))
    assert ok(api.get("/audit/verify"))["valid"]


def test_many_cost_no_more_statements_than_few(app, tenant, api):
    counts = []
    for number in (2, 40):
        ids = [make_candidate(tenant) for _ in range(number)]
        counts.append(count_statements(app, lambda: _run(api, "archive", ids=ids)))  # noqa: B023
    few, many = counts
    assert many - few <= 2 * 38  # the event and the promise of each, sent together


def test_a_query_without_a_word_names_nobody(tenant, api, three):
    for query in ({"location": "--"}, {"q": "!!", "location": "Hamburg"}, {"q": "python", "location": "--"}):
        assert _run(api, "archive", query=query)["results"] == [], query
    assert ok(api.get("/candidates?status=archived"))["data"] == []


def test_whoever_does_not_see_everybody_is_shown_and_undoes_their_own_actions(tenant, api, three):
    done = _run(api, "archive", ids=three)
    recruiter = tenant.api("RECRUITER")
    assert ok(recruiter.get("/candidate-bulk-operations"))["data"] == []
    team = [str(tenant.users["RECRUITER"])]
    key = ok(api.post("/api-keys", {"name": "k", "permissions": ["candidates.update"], "team_ids": team}), 201)
    api.token = key["secret"]
    assert ok(api.get("/candidate-bulk-operations"))["data"] == []
    assert refused(api.post(f"/candidate-bulk-operations/{done['id']}/undo"), 404) == "not_found"
