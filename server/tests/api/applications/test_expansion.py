"""`expand`: what belongs to the rows, in a constant number of statements, as the reader may see it."""

from __future__ import annotations

import pytest

from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.candidate_things import make_tag, make_task
from tests.factories.client import ok, refused
from tests.factories.interview import make_interview
from tests.factories.job import make_job
from tests.factories.job_part import join, make_member
from tests.factories.offer import make_offer
from tests.factories.statement_counts import count_statements

EXPANDED = {
    "/candidates": "tags,contacts,owner",
    "/applications": "candidate,job,stage,owner",
    "/interviews": "candidate,job",
    "/offers": "candidate,job",
    "/jobs": "owner,counts",
    "/tasks": "candidate,assignee",
}


def _fill(tenant, job, number):
    for _ in range(number):
        candidate = make_candidate(tenant, owner_id=tenant.users["RECRUITER"], emails=[f"p{number}.{_}@people.example"])
        application = make_application(tenant, candidate, job)
        make_interview(tenant, application, "RECRUITER", time=None)
        make_offer(tenant, application)
        make_task(tenant, candidate, assignee_id=tenant.users["RECRUITER"])
        tag = make_tag(tenant)
        assert tenant.api().put(f"/candidates/{candidate}/tags/{tag}", None).status_code == 204


@pytest.mark.parametrize("path", EXPANDED)
def test_every_name_adds_what_it_says_at_the_cost_of_one_statement(app, tenant, path):
    job, api = make_job(tenant, owner_id=tenant.users["RECRUITER"]), tenant.api()
    counts = []
    for number in (2, 5):
        _fill(tenant, job, number)
        query = {"expand": EXPANDED[path]}
        counts.append(count_statements(app, lambda: ok(api.get(path, query_string=query))))
        plain = count_statements(app, lambda: ok(api.get(path)))
        # On PostgreSQL, each read is told its tenant by a statement of its own.
        each = 1 if app.config["SETTINGS"].is_sqlite else 2
        assert counts[-1] - plain <= len(EXPANDED[path].split(",")) * each
    assert counts[0] == counts[1]
    for row in ok(api.get(path, query_string={"expand": EXPANDED[path]}))["data"]:
        for name in EXPANDED[path].split(","):
            assert row[name], (name, row)
    for row in ok(api.get(path))["data"]:
        assert not [name for name in EXPANDED[path].split(",") if row[name] is not None]
    assert refused(api.get(f"{path}?expand=password"), 400) == "invalid_parameters"


def test_what_is_expanded_is_what_the_reader_may_see(tenant):
    job = make_job(tenant)
    candidate = make_candidate(tenant, owner_id=tenant.users["TENANT_ADMIN"], emails=["ada@people.example"])
    make_application(tenant, candidate, job)
    for part, sees in (("hiring_manager", False), ("coordinator", True)):
        api = join(tenant, make_member(tenant), [job], part)
        (row,) = ok(api.get("/candidates?expand=contacts,owner"))["data"]
        assert bool(row["contacts"]) is sees and row["owner"]["name"] == "Admin"
    counts = ok(api.get("/jobs?expand=counts"))["data"][0]["counts"]["by_status"]
    assert counts["active"] == 1 and counts["hired"] == 0
