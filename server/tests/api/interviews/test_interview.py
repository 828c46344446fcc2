"""Interviews: times, panels, invitations, reminders and their end."""

from __future__ import annotations

import re
from datetime import timedelta

import time_machine
from icalendar import Calendar

from app.services.interviews import interview_service
from app.utils import scope
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.client import ok, refused
from tests.factories.interview import in_days, interview_body, make_interview, make_interview_kit, moment
from tests.factories.job import make_job
from tests.factories.mailbox import mails

LEAD, MANAGER, RECRUITER = "TEAM_LEAD", "MANAGER", "RECRUITER"


def _calendars(app, address: str) -> list[tuple[str, int, str]]:
    """Method, sequence and start of each invitation that was mailed to an address."""
    found = []
    for mail in mails(app, address):
        for part in (part for part in mail.walk() if part.get_content_type() == "text/calendar"):
            assert part["Content-Type"].params["charset"] == "utf-8"
            calendar = Calendar.from_ical(part.get_payload(decode=True))
            (event,) = calendar.walk("VEVENT")
            assert part["Content-Type"].params["method"] == calendar["METHOD"]
            found.append((str(calendar["METHOD"]), int(event["SEQUENCE"]), event["DTSTART"].dt.strftime("%FT%TZ")))
    return sorted(found, key=lambda each: each[1])


def test_the_invitation_is_shown_by_every_mail_program(app, tenant, api):
    ok(api.put("/tenant/settings", {"reply_to": "jobs@harbour.example"}))
    candidate = make_candidate(tenant, name="Jörg Müller-Łęcki", emails=["joerg@people.example"])
    body = interview_body(tenant, make_application(tenant, candidate), LEAD, location=None)
    made = ok(api.post("/interviews", {**body, "meeting_url": "https://meet.example:8443/room?a=1"}), 201)
    assert made["meeting_url"] == "https://meet.example:8443/room?a=1"
    tenant.run_jobs()
    (mail,) = mails(app, tenant.email(LEAD))
    assert mail["Date"].datetime.tzinfo is not None and mail["Auto-Submitted"] == "auto-generated"
    alternatives = [part.get_content_type() for part in mail.get_payload()[0].iter_parts()]
    assert alternatives == ["text/plain", "text/html", "text/calendar"]
    assert [part.get_content_type() for part in mail.iter_attachments()] == ["application/ics"]
    (event,) = Calendar.from_ical(mail.get_payload()[0].get_payload()[2].get_payload(decode=True)).walk("VEVENT")
    assert "Jörg Müller-Łęcki" in event["SUMMARY"] and event["ORGANIZER"] == "mailto:jobs@harbour.example"
    assert event["LOCATION"] == event["DESCRIPTION"] == "https://meet.example:8443/room?a=1"


def test_mails_say_whose_interview_it_is_and_how_long_in_one_language(app, tenant, api):
    ok(api.patch("/tenant", {"locale": "de-DE"}))
    application = make_application(tenant, make_candidate(tenant, name="Ada Byron", emails=["ada@people.example"]))
    time = {"starts_at": "2031-03-03T22:30:00Z", "minutes": 45, "zone": "Europe/London"}
    ok(api.post("/interviews", interview_body(tenant, application, LEAD, time=time)), 201)
    tenant.run_jobs()
    when = "Montag, 3. März 2031, 22:30 bis 23:15 (Europe/London)"
    for address, about in (("ada@people.example", ""), (tenant.email(LEAD), "mit Ada Byron ")):
        mail = next(each for each in mails(app, address) if "März" in each["Subject"])
        text = mail.get_body(("plain",)).get_content()
        assert f"Ihres Vorstellungsgesprächs {about}für die Stelle Data Engineer: {when}." in text
        assert not re.search(r"\b(?:Hello|interview|March|with|You)\b", text)


def test_a_reschedule_to_the_same_time_is_no_change(app, tenant, api):
    application = make_application(tenant, make_candidate(tenant, emails=["twice@people.example"]))
    time = {"starts_at": in_days(3), "minutes": 30}
    made = ok(api.post("/interviews", interview_body(tenant, application, LEAD, time=time)), 201)
    assert refused(api.post(f"/interviews/{made['id']}/reschedule", time), 409) == "same_time"
    tenant.run_jobs()
    assert len(mails(app, "twice@people.example")) == 1
    assert ok(api.post(f"/interviews/{made['id']}/reschedule", {**time, "minutes": 45}))["sequence"] == 1


def test_mails_of_a_tenant_without_a_language_of_ours_are_english_throughout(app, tenant, api):
    ok(api.patch("/tenant", {"locale": "sv-SE"}))
    application = make_application(tenant, make_candidate(tenant, emails=["sven@people.example"]))
    time = {"starts_at": "2031-03-03T22:30:00Z", "minutes": 120, "zone": "Europe/London"}
    ok(api.post("/interviews", interview_body(tenant, application, LEAD, time=time)), 201)
    tenant.run_jobs()
    mail = next(each for each in mails(app, "sven@people.example") if "March" in each["Subject"])
    when = "Monday, March 3, 2031, 10:30\u202fPM to Tuesday, March 4, 2031, 12:30\u202fAM (Europe/London)."
    assert when in mail.get_body(("plain",)).get_content()


def test_an_interview_is_proposed_scheduled_moved_and_cancelled_and_calendars_follow(app, tenant, api):
    candidate = make_candidate(tenant, emails=["cal.endar@people.example"])
    application = make_application(tenant, candidate)
    made = ok(api.post("/interviews", interview_body(tenant, application, LEAD, RECRUITER, time=None)), 201)
    assert (made["status"], made["starts_at"], made["sequence"]) == ("proposed", None, 0)
    path = f"/interviews/{made['id']}"
    first, second = in_days(3), in_days(4)
    assert ok(api.post(f"{path}/schedule", {"starts_at": first, "minutes": 30}))["ends_at"] == first.replace(
        "10:00", "10:30"
    )
    tenant.run_jobs()  # otherwise the first invitation would be taken back
    moved = ok(api.post(f"{path}/reschedule", {"starts_at": second, "reason": "The train is late."}))
    assert (moved["sequence"], moved["status"], moved["starts_at"]) == (1, "scheduled", second)
    tenant.run_jobs()
    cancelled = ok(api.post(f"{path}/cancel", {"reason": "The position is filled."}))
    assert (cancelled["status"], cancelled["allowed_actions"]) == ("cancelled", [])
    tenant.run_jobs()
    expected = [("REQUEST", 0, first), ("REQUEST", 1, second), ("CANCEL", 2, second)]
    assert _calendars(app, "cal.endar@people.example") == expected
    assert _calendars(app, tenant.email(LEAD)) == _calendars(app, tenant.email(RECRUITER)) == expected
    subjects = [mail["Subject"].strip() for mail in mails(app, "cal.endar@people.example")]
    assert sum(subject.startswith("Changed: Interview: Data Engineer") for subject in subjects) == 1


def test_nobody_is_on_two_panels_at_once(tenant, api):
    first = make_interview(tenant, None, LEAD, RECRUITER)
    start = moment(ok(api.get(f"/interviews/{first}"))["starts_at"])

    def at(minutes: int, *roles: str):
        time = {"starts_at": (start + timedelta(minutes=minutes)).strftime("%FT%TZ"), "minutes": 30}
        return api.post("/interviews", interview_body(tenant, make_application(tenant), *roles, time=time))

    busy = at(44, RECRUITER, MANAGER)
    assert (busy.status_code, busy.get_json()["code"]) == (409, "interviewer_busy")
    assert busy.get_json()["busy_user_ids"] == [str(tenant.users[RECRUITER])]
    assert refused(at(-15, LEAD), 409) == "interviewer_busy"
    ok(at(45, RECRUITER), 201)
    ok(at(-30, LEAD), 201)
    ok(at(10, MANAGER), 201)
    ok(api.post(f"/interviews/{first}/cancel", {}))
    ok(at(10, LEAD), 201)
    assert refused(api.post(f"/interviews/{first}/reschedule", {"starts_at": in_days(9)}), 409) == "illegal_transition"


def test_a_panel_changes_and_who_left_it_is_told(app, tenant, api):
    interview = make_interview(tenant, None, LEAD)
    panel = {"panel": [str(tenant.users[MANAGER])], "location": "Pier 3"}
    changed = ok(api.patch(f"/interviews/{interview}", panel))
    assert [each["user_id"] for each in changed["panel"]] == panel["panel"] and changed["sequence"] == 1
    tenant.run_jobs()
    assert [each[:2] for each in _calendars(app, tenant.email(LEAD))] == [("REQUEST", 0), ("CANCEL", 1)]
    assert [each[:2] for each in _calendars(app, tenant.email(MANAGER))] == [("REQUEST", 1)]
    body = interview_body(tenant, make_application(tenant), LEAD)
    ok(api.post("/interviews", body), 201)
    nobody = {"panel": ["00000000-0000-7000-8000-000000000000"]}
    assert refused(api.patch(f"/interviews/{interview}", nobody), 404) == "not_found"


def test_the_seat_of_a_suspended_user_can_be_given_up(tenant, api):
    interview = make_interview(tenant, None, LEAD, MANAGER)
    ok(api.patch(f"/users/{tenant.users[LEAD]}", {"status": "suspended"}))
    changed = ok(api.patch(f"/interviews/{interview}", {"panel": [str(tenant.users[MANAGER])]}))
    assert [each["user_id"] for each in changed["panel"]] == [str(tenant.users[MANAGER])]


def test_an_interview_is_for_the_time_to_come_and_for_an_active_application(tenant, api):
    application = make_application(tenant)
    past = interview_body(tenant, application, time={"starts_at": "2020-01-01T10:00:00Z"})
    assert api.post("/interviews", past).get_json()["code"] == "in_the_past"
    ok(api.post(f"/applications/{application}/withdraw", {}))
    assert api.post("/interviews", interview_body(tenant, application)).get_json()["code"] == "application_not_active"


def test_interviews_of_an_application_that_ends_do_not_take_place(tenant, api):
    application = make_application(tenant)
    interview = make_interview(tenant, application, LEAD)
    ok(api.post(f"/applications/{application}/reject", {"reason": "It is decided."}))
    assert ok(api.get(f"/interviews/{interview}"))["status"] == "cancelled"
    make_interview(tenant, None, LEAD)


def test_whoever_is_on_the_panel_sees_the_interview(tenant):
    own = make_interview(tenant, None, RECRUITER)
    other = make_interview(tenant, None, LEAD, time={"starts_at": in_days(4)})
    recruiter = tenant.api(RECRUITER)
    assert ok(recruiter.get(f"/interviews/{own}"))["candidate_name"]
    assert refused(recruiter.get(f"/interviews/{other}"), 404) == "not_found"
    assert [each["id"] for each in ok(recruiter.get("/interviews?mine=true"))["data"]] == [str(own)]
    assert [each["id"] for each in ok(recruiter.get("/interviews"))["data"]] == [str(own)]
    found = ok(
        tenant.api().get("/interviews", query_string={"starts_at[gte]": in_days(3), "starts_at[lt]": in_days(5)})
    )
    assert [each["id"] for each in found["data"]] == [str(other)]


def test_the_clock_reminds_and_asks_for_feedback(app, tenant, api):
    candidate = make_candidate(tenant, emails=["soon@people.example"])
    interview = make_interview(
        tenant,
        make_application(tenant, candidate),
        LEAD,
        RECRUITER,
        time={"starts_at": in_days(2), "zone": "Europe/Berlin"},
    )
    start = moment(ok(api.get(f"/interviews/{interview}"))["starts_at"])
    with tenant.bound():
        assert interview_service.settle_due() == {"ended": 0, "reminded": 0}
    with time_machine.travel(start - timedelta(hours=23)):
        with app.app_context(), scope.platform("a test"):
            assert str(tenant.id) in interview_service.tenants_with_due()
        with tenant.bound():
            assert interview_service.settle_due() == {"ended": 0, "reminded": 1}
            assert interview_service.settle_due() == {"ended": 0, "reminded": 0}
        tenant.run_jobs()
    (reminder,) = [mail for mail in mails(app, "soon@people.example") if mail["Subject"].strip().startswith("Reminder")]
    assert "(Europe/Berlin)" in reminder["Subject"] and "10:00" not in reminder["Subject"]
    with time_machine.travel(start + timedelta(hours=2)):
        with tenant.bound():
            assert interview_service.settle_due() == {"ended": 1, "reminded": 0}
        tenant.run_jobs()
    assert ok(api.get(f"/interviews/{interview}"))["status"] == "awaiting_feedback"
    asked = [mail["Subject"] for mail in mails(app, tenant.email(LEAD)) if "Scorecard" in mail["Subject"]]
    assert len(asked) == 1
    assert ok(api.post(f"/interviews/{interview}/no-show", {}))["status"] == "no_show"


def test_a_stage_asks_for_an_interview_and_keeps_out_who_had_none(tenant, api):
    job, kit_id = make_job(tenant), str(make_interview_kit(tenant, minutes=30))
    stages = {each["name"]: each["id"] for each in ok(api.get(f"/jobs/{job}"))["stages"]}
    automation = {"kind": "interview", "kit_id": kit_id, "interview_kind": "technical"}
    ok(api.patch(f"/jobs/{job}/stages/{stages['Interview']}", {"automations": [automation]}))
    ok(api.patch(f"/jobs/{job}/stages/{stages['Offer']}", {"gates": ["interview_complete", "scorecards_in"]}))
    application = make_application(tenant, job_id=job)
    ok(
        api.post(
            f"/applications/{application}/move",
            {"from_stage_id": stages["Applied"], "to_stage_id": stages["Interview"]},
        )
    )
    (interview,) = ok(api.get(f"/interviews?application_id={application}"))["data"]
    empty = api.post(f"/interviews/{interview['id']}/schedule", {"starts_at": in_days(1)})
    assert empty.get_json()["code"] == "no_panel"
    assert (interview["status"], interview["panel"], interview["rubric"][0]["name"]) == ("proposed", [], "SQL")
    step = {"from_stage_id": stages["Interview"], "to_stage_id": stages["Offer"]}
    assert api.post(f"/applications/{application}/move", step).get_json()["code"] == "gate_interview_complete"
    path = f"/interviews/{interview['id']}"
    ok(api.patch(path, {"panel": [str(tenant.users["TENANT_ADMIN"])]}))
    scheduled = ok(api.post(f"{path}/schedule", {"starts_at": in_days(1)}))
    assert moment(scheduled["ends_at"]) - moment(scheduled["starts_at"]) == timedelta(minutes=30)
    with time_machine.travel(moment(scheduled["ends_at"])), tenant.bound():
        interview_service.settle_due()
    assert api.post(f"/applications/{application}/move", step).get_json()["code"].startswith("gate_")
    ok(api.put(f"{path}/scorecard", {"recommendation": "yes", "submit": True}))
    assert ok(api.get(path))["status"] == "complete"
    ok(api.post(f"/applications/{application}/move", step))
    assert api.delete(f"/interview-kits/{kit_id}").get_json()["code"] == "kit_in_use"


def test_who_is_suspended_is_not_mailed_and_a_scorecard_shows_in_the_version(app, tenant, api):
    interview = make_interview(tenant, None, "RECRUITER", "MANAGER")
    path = f"/interviews/{interview}"
    before = api.get(path).headers["ETag"]
    ok(tenant.api("MANAGER").put(f"{path}/scorecard", {"recommendation": "yes", "ratings": [], "submit": True}))
    assert api.get(path, headers={"If-None-Match": before}).status_code == 200
    ok(api.patch(f"/users/{tenant.users['RECRUITER']}", {"status": "suspended"}))
    ok(api.post(f"{path}/reschedule", {"starts_at": in_days(5), "reason": "The train is late."}))
    invited = [m for m in ok(api.get("/email-messages"))["data"] if m["template"] == "interview_invitation"]
    assert [each["recipient"] for each in invited].count(tenant.email("MANAGER")) == 2
    assert [each["recipient"] for each in invited].count(tenant.email("RECRUITER")) == 1
