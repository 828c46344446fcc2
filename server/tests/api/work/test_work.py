"""The work list and the numbers: each count equals the list that it names."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from app.extensions import db
from app.models import Application, CandidateInvitation, Interview, Offer, Task
from app.models.offer import OfferStatus
from app.schemas.candidate_invitation_schema import InvitationForm
from app.services.invitations import public_invitation_service
from app.utils import clock
from tests.factories.application import make_application
from tests.factories.approval import make_approval
from tests.factories.candidate import make_candidate
from tests.factories.candidate_things import make_task
from tests.factories.client import ok
from tests.factories.department import make_department
from tests.factories.interview import in_days, make_interview
from tests.factories.invitation import make_invitation, token_of
from tests.factories.job import make_job
from tests.factories.job_part import join, make_member
from tests.factories.offer import make_offer
from tests.factories.portal import make_correction
from tests.factories.raw_writes import raw_writes
from tests.factories.statement_counts import count_statements

MOST_STATEMENTS = 14


def _path(url):
    return url.split("/api/v1")[1]


def _counted(api, url):
    more = "&" if "?" in url else "?"
    return ok(api.get(f"{_path(url)}{more}include=total_count"))


def _fill(tenant, seed, member):
    """Random rows: jobs with and without the member, applications, interviews, offers, tasks and mentions."""
    chance, now = random.Random(seed), clock.now()
    owners = [tenant.users[member], tenant.users["RECRUITER"], None]
    jobs = [
        make_job(tenant, owner_id=chance.choice([tenant.users[member], tenant.users["TENANT_ADMIN"]])) for _ in range(4)
    ]
    join(tenant, member, jobs[:2], "recruiter")
    applications = []
    for _ in range(chance.randint(8, 16)):
        candidate = make_candidate(tenant, owner_id=chance.choice(owners))
        applications.append(make_application(tenant, candidate, chance.choice(jobs)))
        if chance.random() < 0.5:
            task = make_task(tenant, candidate, due_at=in_days(1), assignee_id=chance.choice(owners[:2]))
            with tenant.bound(), raw_writes():
                db.session.get_one(Task, task).due_at = now + timedelta(hours=chance.randint(-50, 50))
                db.session.commit()
        if chance.random() < 0.4:
            body = {"candidate_id": str(candidate), "body": "@", "mentions": [str(tenant.users[member])]}
            ok(tenant.api().post("/notes", body), 201)
        if chance.random() < 0.3:
            make_correction(tenant, candidate)
            _submit_form(tenant, candidate, chance.choice(owners[:2]))
    for number, application in enumerate(chance.sample(applications, 6)):
        interview = make_interview(tenant, application, member, time={"starts_at": in_days(number + 1)})
        offer = make_offer(tenant, application, expires_at=in_days(5))
        with tenant.bound(), raw_writes():
            row = db.session.get_one(Interview, interview)
            row.starts_at = now + timedelta(hours=chance.randint(-30, 30))
            row.ends_at = row.starts_at + timedelta(hours=1)
            sent = db.session.get_one(Offer, offer)
            sent.status, sent.expires_at = OfferStatus.SENT, now + timedelta(days=chance.randint(1, 6))
            db.session.commit()
    with tenant.bound(), raw_writes():
        for application in applications:
            db.session.get_one(Application, application).stage_entered_at = now - timedelta(days=chance.randint(0, 20))
        db.session.commit()


def _submit_form(tenant, candidate, owner):
    invitation = make_invitation(tenant, candidate_id=candidate)
    with tenant.app.app_context():
        form = InvitationForm(name="Ada Lovelace", headline="Engineer", consent=True)
        public_invitation_service.submit(token_of(tenant, invitation), form)
    with tenant.bound(), raw_writes():
        db.session.get_one(CandidateInvitation, invitation).owner_id = owner
        db.session.commit()


@pytest.mark.parametrize("seed", range(4))
def test_every_count_equals_its_list_and_the_first_rows_are_its_first(tenant, seed):
    member = make_member(tenant)
    _fill(tenant, seed, member)
    make_approval(tenant, make_department(tenant))
    for who in (member, "TENANT_ADMIN"):
        api = tenant.api(who)
        for name, part in ok(api.get("/work")).items():
            listed = _counted(api, part["url"])
            assert part["count"] == listed["total_count"], (name, part["url"])
            assert part["data"] == listed["data"][:5], name
        for scope, figures in ok(api.get("/stats")).items():
            for name, figure in figures.items():
                assert figure["value"] == _counted(api, figure["url"])["total_count"], (scope, name)


def test_a_hiring_manager_finds_the_work_of_the_job(tenant):
    job = make_job(tenant)
    member = make_member(tenant)
    api = join(tenant, member, [job], "hiring_manager")
    applications = [make_application(tenant, None, job) for _ in range(7)]
    make_application(tenant)
    work = ok(api.get("/work"))
    assert work["new_applicants"]["count"] == 7 and len(work["new_applicants"]["data"]) == 5
    assert {each["id"] for each in work["new_applicants"]["data"]} <= set(map(str, applications))
    assert work["idle_applications"]["count"] == 0
    with tenant.bound(), raw_writes():
        db.session.get_one(Application, applications[0]).stage_entered_at = clock.now() - timedelta(days=8)
        db.session.commit()
    assert ok(api.get("/work"))["idle_applications"]["count"] == 1
    assert ok(api.get("/work?idle_days=30"))["idle_applications"]["count"] == 0


def test_what_candidates_filled_in_waits_for_its_owner(tenant):
    member = make_member(tenant)
    candidate = make_candidate(tenant)
    _submit_form(tenant, candidate, tenant.users[member])
    _submit_form(tenant, make_candidate(tenant), tenant.users["TENANT_ADMIN"])
    correction = make_correction(tenant, candidate)
    work = ok(tenant.api("TENANT_ADMIN").get("/work"))
    assert work["invitations"]["count"] == 1 and work["corrections"]["count"] == 1
    assert work["corrections"]["data"][0]["id"] == str(correction)
    ok(tenant.api().post(f"/candidate-corrections/{correction}/accept", {}))
    assert ok(tenant.api().get("/work"))["corrections"]["count"] == 0


def test_today_is_that_of_the_reader(tenant):
    member = make_member(tenant)
    ok(tenant.api(member).patch("/auth/me", {"time_zone": "Pacific/Kiritimati"}))  # UTC+14
    candidate = make_candidate(tenant)
    url = ok(tenant.api(member).get("/work"))["tasks_due"]["url"]
    assert "T10%3A00%3A00" in url, "midnight there is 10:00 UTC"
    assert _counted(tenant.api(member), url)["total_count"] == 0
    assert make_task(tenant, candidate)


def test_the_work_list_costs_the_same_for_ten_and_for_many_applications(app, tenant):
    job, member = make_job(tenant), make_member(tenant)
    api = join(tenant, member, [job], "recruiter")
    counts = []
    for number in (10, 60):
        for _ in range(number):
            make_application(tenant, None, job)
        make_interview(tenant, make_application(tenant, None, job), member, time={"starts_at": in_days(number)})
        counts.append(count_statements(app, lambda: ok(api.get("/work"))))
    # On PostgreSQL, each read is told its tenant by a statement of its own, in the same message.
    most = MOST_STATEMENTS if app.config["SETTINGS"].is_sqlite else 2 * MOST_STATEMENTS
    assert counts[0] == counts[1] <= most
    assert count_statements(app, lambda: ok(api.get("/stats"))) <= most
