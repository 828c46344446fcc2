"""Notifications: once per event, none for one's own acts, by the channels that the user chose."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import EmailMessage, Notification, User
from app.services.notifications import notification_digest_service, notification_service
from app.utils import clock, scope
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.candidate_things import make_task
from tests.factories.careers import apply_by_api, make_posting
from tests.factories.client import ok, refused
from tests.factories.interview import make_interview
from tests.factories.job import make_job
from tests.factories.raw_writes import raw_writes


def _mention(tenant, candidate, role="RECRUITER"):
    body = {"candidate_id": str(candidate), "body": "Please look.", "mentions": [str(tenant.users[role])]}
    return ok(tenant.api().post("/notes", body), 201)["id"]


def _own(api, **query):
    return ok(api.get("/notifications", query_string=query))["data"]


def _mails(tenant, template):
    with tenant.bound():
        statement = sa.select(EmailMessage.context).where(EmailMessage.template == template)
        return list(db.session.scalars(statement.order_by(EmailMessage.id)))


def _choose(api, **kinds):
    ok(api.put("/auth/notifications", kinds))


def test_a_mention_is_a_notification_with_the_names_that_the_reader_may_see(tenant):
    hidden = make_candidate(tenant, name="Ada Hidden", owner_id=tenant.users["TENANT_ADMIN"])
    seen = make_candidate(tenant, name="Bea Seen", owner_id=tenant.users["RECRUITER"])
    notes = [_mention(tenant, candidate) for candidate in (hidden, seen)]
    latest, earlier = _own(tenant.api("RECRUITER"))
    assert (latest["kind"], latest["candidate_name"], latest["actor_name"]) == ("note_mention", "Bea Seen", "Admin")
    assert (earlier["candidate_name"], earlier["subject_type"], earlier["subject_id"]) == (
        None,
        "notes",
        notes[0],
    )
    assert _own(tenant.api()) == [], "no notification of one's own acts"
    assert len(_mails(tenant, "note_mention")) == 2


def test_the_same_event_notifies_once(tenant):
    candidate = make_candidate(tenant)
    note = _mention(tenant, candidate)
    again = {"body": "Please, please look.", "mentions": [str(tenant.users["RECRUITER"])]}
    ok(tenant.api().patch(f"/notes/{note}", again))
    assert len(_own(tenant.api("RECRUITER"))) == 1


def test_nothing_is_left_of_an_act_that_failed(tenant):
    candidate = make_candidate(tenant)
    bad = {"candidate_id": str(candidate), "body": "Hi", "mentions": [str(tenant.users["RECRUITER"]), str(candidate)]}
    assert refused(tenant.api().post("/notes", bad), 422) == "unknown_user"
    assert _own(tenant.api("RECRUITER")) == []


def test_reading_up_to_one_or_by_ids(tenant):
    candidate, api = make_candidate(tenant), tenant.api("RECRUITER")
    for _ in range(4):
        _mention(tenant, candidate)
    fourth, third, second, first = _own(api)
    assert ok(api.get("/notifications/count")) == {"unread": 4}
    assert ok(api.post("/notifications/read", {"up_to": second["id"]})) == {"marked": 2, "unread": 2}
    assert [each["id"] for each in _own(api, is_read="true")] == [second["id"], first["id"]]
    assert ok(api.post("/notifications/read", {"ids": [fourth["id"], first["id"]]})) == {"marked": 1, "unread": 1}
    assert [each["id"] for each in _own(api, is_read="false")] == [third["id"]]
    stranger = tenant.api("TEAM_LEAD")
    assert ok(stranger.post("/notifications/read", {"ids": [third["id"]]})) == {"marked": 0, "unread": 0}
    for bad in ({}, {"up_to": first["id"], "ids": [first["id"]]}):
        assert refused(api.post("/notifications/read", bad), 422) == "validation_failed"


def test_every_channel_as_chosen(tenant):
    candidate, api = make_candidate(tenant), tenant.api("RECRUITER")
    _choose(api, note_mention={"in_app": False, "email": "off"})
    _mention(tenant, candidate)
    assert _own(api) == [] == _mails(tenant, "note_mention")
    _choose(api, note_mention={"in_app": False, "email": "now"})
    _mention(tenant, candidate)
    assert _own(api) == [] and len(_mails(tenant, "note_mention")) == 1
    _choose(api, note_mention={"email": "daily"})
    _mention(tenant, candidate)
    assert len(_own(api)) == 1 and len(_mails(tenant, "note_mention")) == 1


@pytest.mark.parametrize(("zone", "hours"), [("Asia/Kolkata", 1.5), ("America/St_Johns", 10.5), (None, 7)])
def test_the_digest_leaves_at_seven_in_the_readers_zone(tenant, zone, hours, monkeypatch):
    """7 o'clock in India is 1:30 UTC, in Newfoundland 10:30 (in winter), and in the tenant's zone, UTC, 7:00."""
    candidate, api = make_candidate(tenant), tenant.api("RECRUITER")
    _choose(api, note_mention={"email": "daily"}, task_assigned={"email": "daily"})
    midnight = (clock.now() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(2):
        _mention(tenant, candidate)
    task = {"candidate_id": str(candidate), "title": "Call", "due_at": "2027-01-31T09:00:00Z"}
    ok(tenant.api().post("/tasks", {**task, "assignee_id": str(tenant.users["RECRUITER"])}), 201)
    with tenant.bound(), raw_writes():
        db.session.get_one(User, tenant.users["RECRUITER"]).time_zone = zone
        db.session.query(Notification).update({"created_at": midnight})
        db.session.commit()
    for offset, sent in ((hours - 0.1, 0), (hours + 0.1, 1), (hours + 0.4, 0)):
        monkeypatch.setattr(clock, "now", lambda offset=offset: midnight + timedelta(hours=offset))
        with tenant.bound():
            assert notification_digest_service.send_due() == sent, offset
    (digest,) = _mails(tenant, "notification_digest")
    assert digest["kinds"] == {"note_mention": 2, "task_assigned": 1}


def test_a_digest_of_what_was_read_is_not_sent(tenant, monkeypatch):
    api = tenant.api("RECRUITER")
    _choose(api, note_mention={"email": "daily"})
    _mention(tenant, make_candidate(tenant))
    ok(api.post("/notifications/read", {"up_to": _own(api)[0]["id"]}))
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=1))
    with tenant.bound():
        assert notification_digest_service.send_due() == 0
    assert _mails(tenant, "notification_digest") == []


def test_who_is_notified_of_what(tenant):
    job, recruiter = make_job(tenant), tenant.users["RECRUITER"]
    admin, api = tenant.api(), tenant.api("RECRUITER")
    candidate = make_candidate(tenant)
    assert admin.put(f"/jobs/{job}/team/{recruiter}", {"role": "recruiter"}).status_code == 204
    ok(admin.post(f"/candidates/{candidate}/assign", {"user_id": str(recruiter)}))
    interview = make_interview(tenant, make_application(tenant, candidate, job), "RECRUITER")
    kinds = {each["kind"]: each for each in _own(api)}
    assert set(kinds) == {"job_team_joined", "candidate_assigned", "interview_scheduled"}
    assert kinds["interview_scheduled"]["subject_id"] == str(interview)
    assert (kinds["job_team_joined"]["job_id"], kinds["job_team_joined"]["job_title"]) == (str(job), "Data Engineer")
    assert len(_mails(tenant, "notification")) == 2, "of an interview, the panel gets the invitation instead"
    ok(
        api.post("/tasks", {"candidate_id": str(candidate), "title": "Call", "due_at": "2027-01-31T09:00:00Z"}),
        201,
    )
    assert "task_assigned" not in {each["kind"] for each in _own(api)}, "assigned to oneself"


def test_the_owner_of_a_job_is_notified_of_applicants(tenant):
    job = make_job(tenant, owner_id=tenant.users["RECRUITER"])
    apply_by_api(tenant, make_posting(tenant, job))
    (news,) = _own(tenant.api("RECRUITER"), kind="application_news")
    assert (news["job_id"], news["actor_id"]) == (str(job), None)


def test_old_notifications_go(tenant):
    api, candidate = tenant.api("RECRUITER"), make_candidate(tenant)
    for _ in range(2):
        _mention(tenant, candidate)
    with tenant.bound(), raw_writes():
        first = db.session.scalar(sa.select(Notification).order_by(Notification.id).limit(1))
        first.created_at = clock.now() - timedelta(days=91)
        db.session.commit()
    with tenant.app.app_context(), scope.platform("a test"):
        assert notification_service.purge_old() == 1
    assert len(_own(api)) == 1


def test_an_erasure_takes_the_notifications_with_it(tenant):
    candidate = make_candidate(tenant)
    make_task(tenant, candidate)
    _mention(tenant, candidate)
    reason = {"reason": "Asked for it"}
    ok(tenant.api().post(f"/candidates/{candidate}/erase", reason, headers={"Idempotency-Key": "e"}))
    tenant.run_jobs()
    assert _own(tenant.api("RECRUITER")) == []


def test_everybody_on_a_panel_is_notified(tenant):
    for role in ("RECRUITER", "TEAM_LEAD"):
        _choose(tenant.api(role), interview_scheduled={"email": "now"})
    make_interview(tenant, None, "RECRUITER", "TEAM_LEAD")
    assert len(_mails(tenant, "notification")) == 2


def test_a_notification_that_comes_late_is_in_the_next_digest(tenant, monkeypatch):
    """Written before 7 o'clock, committed after the digest has left."""
    _choose(tenant.api("RECRUITER"), note_mention={"email": "daily"})
    candidate, now = make_candidate(tenant), clock.now()
    sent = []
    for hour in (1, 2):
        _mention(tenant, candidate)
        with tenant.bound(), raw_writes():
            db.session.query(Notification).update({"created_at": now})
            db.session.commit()
        later = now + timedelta(days=1, hours=hour)
        monkeypatch.setattr(clock, "now", lambda later=later: later)
        with tenant.bound():
            sent.append(notification_digest_service.send_due())
        monkeypatch.setattr(clock, "now", lambda: now)
    assert sent == [1, 1] and len(_mails(tenant, "notification_digest")) == 2
