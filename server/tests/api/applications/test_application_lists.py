"""Filters and sort orders of lists: several values, none, bounds of dates, words, and rows without a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.extensions import db
from app.models import Application, Interview
from app.utils import clock
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.candidate_things import make_pool, make_tag, make_task
from tests.factories.client import ok, refused
from tests.factories.interview import in_days, make_interview
from tests.factories.job import make_job
from tests.factories.job_part import join, make_member
from tests.factories.offer import make_offer
from tests.factories.raw_writes import raw_writes


def _ids(api, path, **query):
    return [row["id"] for row in ok(api.get(path, query_string=query))["data"]]


def test_several_values_and_none(tenant, api):
    owners = [tenant.users["RECRUITER"], tenant.users["TEAM_LEAD"]]
    first, second, nobodys = (make_candidate(tenant, owner_id=owner) for owner in (*owners, None))
    both = ",".join(map(str, owners))
    assert set(_ids(api, "/candidates", owner_id=both)) == {str(first), str(second)}
    assert _ids(api, "/candidates", owner_id="none") == [str(nobodys)]
    assert set(_ids(api, "/candidates", owner_id=f"{owners[0]},none")) == {str(first), str(nobodys)}
    assert len(_ids(api, "/candidates/search", owner_id=f"{owners[0]},none")) == 2
    ok(api.patch(f"/candidates/{second}", {"status": "archived"}))
    assert len(_ids(api, "/candidates", status="active,archived")) == 3
    tags = [make_tag(tenant), make_tag(tenant)]
    for candidate, tag in zip((first, second), tags, strict=True):
        assert api.put(f"/candidates/{candidate}/tags/{tag}", None).status_code == 204
    assert set(_ids(api, "/candidates", tag_id=",".join(map(str, tags)))) == {str(first), str(second)}
    assert api.get("/candidates/export", query_string={"status": "active,archived"}).text.count("\n") == 4
    assert refused(api.get("/candidates?status=active,nonsense"), 400) == "invalid_parameters"
    assert refused(api.get("/candidates?owner_id="), 400) == "invalid_parameters"


def test_bounds_of_dates(tenant, api):
    candidate, now = make_candidate(tenant), clock.now()
    tasks = [make_task(tenant, candidate, due_at=in_days(days)) for days in (1, 2, 3)]
    between = {"due_at[gte]": in_days(2), "due_at[lt]": in_days(3)}
    assert _ids(api, "/tasks", **between) == [str(tasks[1])]
    assert _ids(api, "/tasks", sort="due_at") == list(map(str, tasks))
    hour = timedelta(hours=1)
    assert _ids(
        api, "/candidates", **{"created_at[gte]": (now - hour).isoformat(), "created_at[lt]": (now + hour).isoformat()}
    )
    assert _ids(api, "/jobs", **{"created_at[gt]": (now + hour).isoformat()}) == []
    turned = {"due_at[gte]": in_days(3), "due_at[lt]": in_days(2)}
    answer = api.get("/tasks", query_string=turned)
    assert refused(answer, 400) == "invalid_parameters" and "due_at" in answer.text


def test_applications_by_stage_kind_source_owner_words_and_mine(tenant, api):
    job = make_job(tenant)
    ada = make_candidate(tenant, name="Ada Byron", owner_id=tenant.users["RECRUITER"])
    first, second = make_application(tenant, ada, job), make_application(tenant, None, job)
    elsewhere = make_application(tenant)
    stages = {stage["kind"]: stage["id"] for stage in ok(api.get(f"/jobs/{job}/stages"))["data"]}
    move = {"from_stage_id": stages["applied"], "to_stage_id": stages["screen"]}
    ok(api.post(f"/applications/{second}/move", move))
    assert _ids(api, "/applications", stage_kind="screen,offer") == [str(second)]
    assert set(_ids(api, "/applications", job_id=str(job))) == {str(first), str(second)}
    assert _ids(api, "/applications", owner_id=str(tenant.users["RECRUITER"])) == [str(first)]
    assert str(first) not in _ids(api, "/applications", owner_id="none")
    assert _ids(api, "/applications", q="byron") == [str(first)]
    member = join(tenant, make_member(tenant), [job], "recruiter")
    assert set(_ids(member, "/applications", mine="true")) == {str(first), str(second)}
    assert str(elsewhere) in _ids(api, "/applications", mine="true") + _ids(api, "/applications", mine="false")
    assert set(_ids(api, "/jobs", q="ENGINEER")) >= {str(job)} and _ids(api, "/jobs", q="50%") == []


def test_lists_go_on_in_the_order_of_nullable_times(tenant, api):
    """Rows without a time come last, and page by page every row comes once."""
    with_time = [make_interview(tenant, None, "RECRUITER", time={"starts_at": in_days(days)}) for days in (4, 2, 3)]
    without = [make_interview(tenant, None, "RECRUITER", time=None) for _ in range(3)]
    order = [str(with_time[1]), str(with_time[2]), str(with_time[0]), *sorted(map(str, without))]
    for sort, expected in (("starts_at", order), ("-starts_at", order[2::-1] + order[:2:-1])):
        found, cursor = [], ""
        while cursor is not None:
            page = ok(
                api.get(
                    "/interviews", query_string={"sort": sort, "limit": 2, **({"cursor": cursor} if cursor else {})}
                )
            )
            found, cursor = found + [row["id"] for row in page["data"]], page["next_cursor"]
        assert found == expected, sort
    offers = [make_offer(tenant, expires_at=in_days(days)) for days in (9, 8)] + [make_offer(tenant)]
    assert _ids(api, "/offers", sort="expires_at") == [str(offers[1]), str(offers[0]), str(offers[2])]


def test_applications_by_their_time_in_the_stage(tenant, api):
    job = make_job(tenant)
    applications = [make_application(tenant, None, job) for _ in range(3)]
    with tenant.bound(), raw_writes():
        for days, each in enumerate(applications):
            db.session.get_one(Application, each).stage_entered_at = clock.now() - timedelta(days=days)
        db.session.commit()
    assert _ids(api, "/applications", sort="stage_entered_at") == list(map(str, reversed(applications)))
    idle = {"stage_entered_at[lt]": (clock.now() - timedelta(days=1.5)).isoformat()}
    assert _ids(api, "/applications", **idle) == [str(applications[2])]


def test_interviews_that_wait_for_my_scorecard(tenant, api):
    interviews = [make_interview(tenant, None, "RECRUITER", time={"starts_at": in_days(days)}) for days in (1, 2)]
    with tenant.bound(), raw_writes():
        over = db.session.get_one(Interview, interviews[0])
        over.starts_at, over.ends_at = clock.now() - timedelta(hours=2), clock.now() - timedelta(hours=1)
        db.session.commit()
    mine = {"mine": "true", "owes_scorecard": "true"}
    assert _ids(tenant.api("RECRUITER"), "/interviews", **mine) == [str(interviews[0])]
    assert _ids(api, "/interviews", owes_scorecard="true") == [], "the administrator is on no panel"
    ok(tenant.api("RECRUITER").put(f"/interviews/{interviews[0]}/scorecard", {"recommendation": "yes", "submit": True}))
    assert _ids(tenant.api("RECRUITER"), "/interviews", **mine) == []


@pytest.mark.parametrize(("q", "found"), [("änne", 1), ("ÄNNE", 1), ("t0%", 0), ("example", 5)])
def test_users_by_a_part_of_name_or_address(tenant, api, q, found):
    new = {
        "email": f"anne@{tenant.slug}.example",
        "name": "Änne Öz",
        "role": "MANAGER",
        "password": "a long password, is it",
    }
    ok(api.post("/users", {**new, "manager_id": str(tenant.users["TENANT_ADMIN"])}), 201)
    assert len(_ids(api, "/users", q=q)) == found
    assert len(_ids(api, "/users", manager_id=str(tenant.users["TENANT_ADMIN"]))) == 2
    assert len(_ids(api, "/users", role="RECRUITER,TEAM_LEAD", status="active")) == 2


def test_pools_by_owner_and_part_of_the_name(tenant, api):
    pool = make_pool(tenant, "Nurses in Köln")
    make_pool(tenant, "Welders")
    assert _ids(api, "/talent-pools", q="köln") == [str(pool)]
    assert len(_ids(api, "/talent-pools", owner_id="none")) == 2
