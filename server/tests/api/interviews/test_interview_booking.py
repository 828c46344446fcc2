"""Bookings: candidates choose a time at which the panel and enough of the pool are free."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.services.interviews import interviewer_availability_service, interviewer_free_time
from tests.factories.application import make_application
from tests.factories.booking import make_booking, make_interviewer_pool, make_pause, make_proposal
from tests.factories.candidate import make_candidate
from tests.factories.client import Api, ok, refused
from tests.factories.interview import make_interview
from tests.factories.mailbox import mails
from tests.factories.statement_counts import count_statements
from tests.factories.tenant import make_tenant

MONDAY = datetime(2027, 3, 1, 6, tzinfo=UTC)
EMAIL = "grace@people.example"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as travelled:
        yield travelled


@pytest.fixture
def public(app):
    return Api(app)


@pytest.fixture
def interview(tenant):
    """An interview without a time, with a panel of one."""
    candidate = make_candidate(tenant, name="Grace Hopper", emails=[EMAIL])
    application = make_application(tenant, candidate)
    return make_proposal(tenant, [tenant.users["RECRUITER"]], application_id=application)


def _path(token, rest=""):
    return f"/public/bookings/{token}{rest}"


def _slots(public, token, **query):
    return [each["starts_at"] for each in ok(public.get(_path(token, "/slots"), query_string=query))["data"]]


def _choose(public, token, starts_at, **more):
    return public.post(_path(token), {"starts_at": starts_at, **more})


def test_from_the_link_to_the_interview(app, tenant, api, public, interview):
    booking = ok(api.put(f"/interviews/{interview}/booking", {"note": "We look forward to it."}))
    assert (booking["minutes"], booking["is_open"], booking["seats"]) == (60, True, 0)
    assert ok(api.get(f"/interviews/{interview}/booking")) == booking
    tenant.run_jobs()
    (mail,) = mails(app, EMAIL)
    text = mail.get_body(("plain",)).get_content()
    assert "Choose a time" in mail["Subject"] and "We look forward to it." in text
    token = text.split("/bookings/")[1].split()[0]
    seen = ok(public.get(_path(token)))
    assert (seen["candidate_name"], seen["starts_at"], seen["can_change"]) == ("Grace Hopper", None, True)
    slots = _slots(public, token)
    assert slots[0] == "2027-03-02T09:00:00Z", "12 hours ahead, and in office hours"
    booked = ok(_choose(public, token, slots[3], zone="Europe/Berlin"))
    assert booked["starts_at"] == slots[3] and booked["zone"] == "Europe/Berlin"
    assert ok(_choose(public, token, slots[3]))["starts_at"] == slots[3], "the form, sent twice"
    shown = ok(api.get(f"/interviews/{interview}"))
    assert (shown["status"], shown["starts_at"], shown["sequence"]) == ("scheduled", slots[3], 0)
    tenant.run_jobs()
    invitation = mails(app, EMAIL)[-1]
    assert invitation["Subject"].startswith("Interview"), "at once: it answers what the candidate has done"
    assert any(part.get_content_type() == "text/calendar" for part in invitation.walk())
    assert len(mails(app, tenant.email("RECRUITER"))) == 1


def test_a_time_that_is_no_slot_is_refused_with_others(tenant, public, interview):
    token = make_booking(tenant, interview)
    for wrong in ("2027-03-02T09:07:00Z", "2027-03-02T03:00:00Z", "2027-03-01T09:00:00Z", "2027-04-20T09:00:00Z"):
        answer = _choose(public, token, wrong)
        assert refused(answer, 409) == "slot_taken", wrong
        assert answer.get_json()["slots"][0]["starts_at"] == "2027-03-02T09:00:00Z"


def test_a_taken_time_is_offered_to_nobody_else(tenant, public):
    pool = make_interviewer_pool(tenant, "RECRUITER")
    first, second = (make_booking(tenant, make_proposal(tenant), pool_id=pool) for _ in range(2))
    slot = _slots(public, first)[0]
    ok(_choose(public, first, slot))
    assert slot not in _slots(public, second)
    refusal = _choose(public, second, slot)
    assert refused(refusal, 409) == "slot_taken"
    ok(_choose(public, second, refusal.get_json()["slots"][0]["starts_at"]))


def test_the_pool_shares_the_work(tenant, api, public):
    pool = make_interviewer_pool(tenant, "RECRUITER", "MANAGER", "TEAM_LEAD")
    counts = dict.fromkeys((str(tenant.users[role]) for role in ("RECRUITER", "MANAGER", "TEAM_LEAD")), 0)
    for number in range(6):
        interview = make_proposal(tenant)
        token = make_booking(tenant, interview, pool_id=pool)
        ok(_choose(public, token, f"2027-03-{2 + number % 2:02}T{10 + number // 2:02}:00:00Z"))
        for seat in ok(api.get(f"/interviews/{interview}"))["panel"]:
            counts[seat["user_id"]] += 1
    assert set(counts.values()) == {2}


def test_two_of_a_pool_and_one_in_any_case(tenant, api, public):
    pool = make_interviewer_pool(tenant, "RECRUITER", "MANAGER", "TEAM_LEAD")
    admin = tenant.users["TENANT_ADMIN"]
    interview = make_proposal(tenant, [admin])
    token = make_booking(tenant, interview, pool_id=pool, seats=2)
    ok(_choose(public, token, "2027-03-02T10:00:00Z"))
    panel = {each["user_id"] for each in ok(api.get(f"/interviews/{interview}"))["panel"]}
    assert len(panel) == 3 and str(admin) in panel
    # One of the pool is left, and the one who always takes part is busy.
    other = make_booking(tenant, make_proposal(tenant), pool_id=pool, seats=2)
    assert "2027-03-02T10:00:00Z" not in _slots(public, other)


def test_load_limits_and_pauses_take_times_away(tenant, api, public):
    user = tenant.users["RECRUITER"]
    windows = [{"weekday": day, "start": "09:00", "end": "12:00"} for day in range(7)]
    ok(api.put(f"/users/{user}/availability", {"zone": "Etc/UTC", "windows": windows, "max_per_day": 1}))
    token = make_booking(tenant, make_proposal(tenant, [user]))
    ok(_choose(public, token, "2027-03-02T09:00:00Z"))
    other = make_booking(tenant, make_proposal(tenant, [user]))
    assert _slots(public, other)[0] == "2027-03-03T09:00:00Z", "one a day"
    ok(api.put(f"/users/{user}/availability", {"zone": "Etc/UTC", "windows": windows, "max_per_week": 1}))
    assert _slots(public, other)[0] == "2027-03-08T09:00:00Z", "one a week, from Monday"
    pause = {"starts_at": "2027-03-08T00:00:00Z", "ends_at": "2027-03-10T00:00:00Z", "reason": "Vacation"}
    made = ok(api.post(f"/users/{user}/pauses", pause), 201)
    assert _slots(public, other)[0] == "2027-03-10T09:00:00Z"
    assert [each["id"] for each in ok(api.get(f"/users/{user}/pauses"))["data"]] == [made["id"]]
    assert api.delete(f"/interviewer-pauses/{made['id']}").status_code == 204
    assert _slots(public, other)[0] == "2027-03-08T09:00:00Z"


def test_one_who_changes_the_time_can_do_so_twice_and_twelve_hours_before(app, tenant, api, public, interview, monday):
    token = make_booking(tenant, interview)
    slots = _slots(public, token)
    for slot in (slots[0], slots[8], slots[30]):
        ok(_choose(public, token, slot))
    assert ok(api.get(f"/interviews/{interview}"))["sequence"] == 2
    assert refused(_choose(public, token, slots[0]), 409) == "too_many_changes"
    again = make_booking(tenant, interview)
    assert refused(public.get(_path(token)), 404), "the new link replaces the old one"
    monday.move_to(datetime.fromisoformat(slots[30]) - timedelta(hours=11))
    assert refused(_choose(public, again, slots[60]), 409) == "too_late"
    assert refused(public.post(_path(again, "/cancel")), 409) == "too_late"
    assert ok(public.get(_path(again)))["can_change"] is False


def test_the_old_time_is_free_again(tenant, public):
    pool = make_interviewer_pool(tenant, "RECRUITER")
    first, second = (make_booking(tenant, make_proposal(tenant), pool_id=pool) for _ in range(2))
    ok(_choose(public, first, "2027-03-02T09:00:00Z"))
    ok(_choose(public, first, "2027-03-02T09:15:00Z"))  # overlaps its own old time
    ok(_choose(public, second, "2027-03-02T10:15:00Z"))
    assert "2027-03-02T09:00:00Z" not in _slots(public, second)


def test_a_candidate_cancels(app, tenant, api, public, interview):
    token = make_booking(tenant, interview)
    ok(_choose(public, token, _slots(public, token)[0]))
    tenant.run_jobs()
    ok(public.post(_path(token, "/cancel")))
    shown = ok(api.get(f"/interviews/{interview}"))
    assert (shown["status"], shown["status_reason"]) == ("cancelled", "Cancelled by the candidate.")
    tenant.run_jobs()
    assert "Cancelled" in mails(app, tenant.email("RECRUITER"))[-1]["Subject"]
    assert refused(public.get(_path(token)), 410) == "booking_over"


def test_what_is_cancelled_or_withdrawn_sends_no_link(app, tenant, api, public, interview):
    token = make_booking(tenant, interview)
    assert api.delete(f"/interviews/{interview}/booking").status_code == 204
    assert refused(public.get(_path(token)), 410) == "booking_over"
    make_booking(tenant, interview)
    ok(api.post(f"/interviews/{interview}/cancel", {}))
    tenant.run_jobs()
    assert mails(app, EMAIL) == []


def test_what_cannot_be_booked(tenant, api, interview):
    empty, foreign = make_proposal(tenant), make_interviewer_pool(make_tenant(tenant.app))
    assert refused(api.put(f"/interviews/{empty}/booking", {}), 409) == "no_panel"
    assert refused(api.put(f"/interviews/{empty}/booking", {"pool_id": str(foreign)}), 404)
    late = {"until": "2027-09-01T00:00:00Z"}
    assert refused(api.put(f"/interviews/{interview}/booking", late), 422) == "out_of_range"
    far = {"from": "2027-06-01T00:00:00Z", "until": "2027-06-02T00:00:00Z"}
    assert (
        refused(api.put(f"/interviews/{interview}/booking", far), 422) == "out_of_range"
    ), "calendars are not read there"
    assert refused(api.put(f"/interviews/{interview}/booking", {"until": "2027-02-01T00:00:00Z"}), 422)
    assert refused(api.get(f"/interviews/{empty}/booking"), 404)
    ok(api.post(f"/interviews/{empty}/cancel", {}))
    assert refused(api.put(f"/interviews/{empty}/booking", {}), 409) == "interview_over"


def test_more_than_200_slots_are_paged_and_one_may_end_at_midnight(tenant, api, public, interview):
    user = tenant.users["RECRUITER"]
    windows = [{"weekday": day, "start": "08:00", "end": "24:00"} for day in range(7)]
    ok(api.put(f"/users/{user}/availability", {"zone": "Etc/UTC", "windows": windows}))
    token, found, cursor = make_booking(tenant, interview), [], None
    for _ in range(10):
        page = ok(public.get(_path(token, "/slots"), query_string={"cursor": cursor} if cursor else {}))
        found += page["data"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    starts = [each["starts_at"] for each in found]
    assert len(starts) > 400 and starts == sorted(set(starts))
    assert "2027-03-03T00:00:00Z" in {each["ends_at"] for each in found}
    ok(_choose(public, token, "2027-03-02T23:00:00Z"))


def test_pools_are_kept_by_managers(tenant, api):
    new = {"name": "Technical", "user_ids": [str(tenant.users["MANAGER"])]}
    made = ok(tenant.api("MANAGER").post("/interviewer-pools", new), 201)
    assert refused(tenant.api("RECRUITER").post("/interviewer-pools", new), 403)
    assert refused(api.post("/interviewer-pools", new), 409) == "duplicate"
    users = [str(tenant.users[role]) for role in ("MANAGER", "RECRUITER")]
    changed = ok(api.patch(f"/interviewer-pools/{made['id']}", {"user_ids": users}))
    assert set(changed["user_ids"]) == set(users) and changed["version"] == 2
    stranger = str(make_tenant(tenant.app).users["MANAGER"])
    assert refused(api.patch(f"/interviewer-pools/{made['id']}", {"user_ids": [stranger]}), 404)
    assert [each["name"] for each in ok(tenant.api("RECRUITER").get("/interviewer-pools"))["data"]] == ["Technical"]
    assert api.delete(f"/interviewer-pools/{made['id']}").status_code == 204


def test_the_number_of_statements_does_not_grow_with_the_pool(app, tenant, public):
    def count(*roles):
        token = make_booking(tenant, make_proposal(tenant), pool_id=make_interviewer_pool(tenant, *roles))
        return count_statements(app, lambda: _slots(public, token))

    assert count("RECRUITER") == count("RECRUITER", "MANAGER", "TEAM_LEAD", "TENANT_ADMIN")
    with tenant.bound():
        assert interviewer_free_time.of([], MONDAY, MONDAY + timedelta(days=1)) == {}


def test_the_page_works_without_scripts(app, tenant, api, interview):
    token = make_booking(tenant, interview)
    client, path = app.test_client(), f"/bookings/{token}"
    page = client.get(f"{path}?lang=de").text
    assert "Wählen Sie einen Termin" in page and "Dienstag, 2. März 2027" in page and "<script" not in page
    assert page.count('class="quiet slot"') == 200 and "after=" in page
    later = client.get(f"{path}?after=2027-03-10T00:00:00Z").text
    assert "Wednesday, March 10, 2027" in later and "March 9" not in later
    taken = client.post(path, data={"starts_at": "2027-03-02T03:00:00Z"})
    assert taken.status_code == 409 and "just been taken" in taken.text and f'action="{path}"' in taken.text
    assert client.post(path, data={"starts_at": "nonsense"}).status_code == 422
    booked = client.post(path, data={"starts_at": "2027-03-02T09:00:00+00:00"}, follow_redirects=True)
    assert "Your interview is on March 2, 2027" in booked.text
    assert client.post(f"{path}/cancel", data={}).status_code == 422
    gone = client.post(f"{path}/cancel", data={"confirm": "true"}, follow_redirects=True)
    assert gone.status_code == 200 and "The interview is cancelled." in gone.text


def test_calendar_programs_read_the_feed(app, tenant, api):
    interview = make_interview(tenant, None, "RECRUITER", location="Pier 3")
    make_interview(tenant, None, "MANAGER")
    recruiter = tenant.api("RECRUITER")
    url = ok(recruiter.get("/calendar-feed"))["url"]
    assert ok(recruiter.get("/calendar-feed"))["url"] == url
    client, path = app.test_client(), url.split("5000", 1)[1]
    answer = client.get(path)
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.text.count("BEGIN:VEVENT") == 1 and f"UID:{interview}@" in answer.text and "Pier 3" in answer.text
    ok(recruiter.post("/calendar-feed/renew"))
    assert client.get(path).status_code == 404 and client.get("/calendars/nonsense.ics").status_code == 404
    path = ok(recruiter.get("/calendar-feed"))["url"].split("5000", 1)[1]
    ok(api.patch(f"/users/{tenant.users['RECRUITER']}", {"status": "suspended"}))
    assert client.get(path).status_code == 404


def test_a_pause_of_the_past_is_not_listed(tenant, monday):
    make_pause(tenant)
    monday.shift(timedelta(days=60))
    with tenant.bound():
        assert interviewer_availability_service.list_pauses(tenant.users["RECRUITER"]).data == []


def test_a_panel_that_a_user_changes_counts(tenant, api, public, interview):
    token = make_booking(tenant, interview)
    manager = str(tenant.users["MANAGER"])
    ok(api.patch(f"/interviews/{interview}", {"panel": [manager]}))
    ok(_choose(public, token, _slots(public, token)[0]))
    assert [each["user_id"] for each in ok(api.get(f"/interviews/{interview}"))["panel"]] == [manager]


def test_a_scheduled_interview_can_be_offered_again(tenant, api, public, interview):
    ok(api.post(f"/interviews/{interview}/schedule", {"starts_at": "2027-03-04T09:00:00Z"}))
    token = make_booking(tenant, interview)
    slots = _slots(public, token)
    assert "2027-03-04T09:00:00Z" not in slots, "it is no other time"
    ok(_choose(public, token, slots[0]))
    shown = ok(api.get(f"/interviews/{interview}"))
    assert (shown["starts_at"], [each["user_id"] for each in shown["panel"]]) == (
        slots[0],
        [str(tenant.users["RECRUITER"])],
    )


def test_who_leaves_the_panel_reads_the_time_they_were_invited_for(app, tenant, api, public):
    pool = make_interviewer_pool(tenant, "RECRUITER", "MANAGER")
    interview = make_proposal(tenant, application_id=make_application(tenant, make_candidate(tenant, emails=[EMAIL])))
    token = make_booking(tenant, interview, pool_id=pool)
    ok(_choose(public, token, "2027-03-02T09:00:00Z"))
    (first,) = [each["user_id"] for each in ok(api.get(f"/interviews/{interview}"))["panel"]]
    ok(
        api.post(f"/users/{first}/pauses", {"starts_at": "2027-03-04T00:00:00Z", "ends_at": "2027-03-05T00:00:00Z"}),
        201,
    )
    tenant.run_jobs()
    ok(_choose(public, token, "2027-03-04T09:30:00Z"))
    tenant.run_jobs()
    role = next(role for role, user in tenant.users.items() if str(user) == first)
    mail = mails(app, tenant.email(role))[-1]
    assert "Cancelled" in mail["Subject"] and "March 2, 2027, 9:00" in mail["Subject"].replace("\u202f", " ")


def test_the_last_change_sent_twice_is_one(tenant, public, interview):
    token = make_booking(tenant, interview)
    slots = _slots(public, token)
    for slot in (slots[0], slots[8], slots[30], slots[30]):
        ok(_choose(public, token, slot))


def test_nobody_is_sent_a_link_without_an_address(tenant, api, interview):
    nameless = make_candidate(tenant, emails=[])
    other = make_proposal(tenant, [tenant.users["MANAGER"]], application_id=make_application(tenant, nameless))
    assert refused(api.put(f"/interviews/{other}/booking", {}), 409) == "no_address"
    ok(api.post("/mail-suppressions", {"address": EMAIL}), 201)
    assert refused(api.put(f"/interviews/{interview}/booking", {}), 409) == "address_suppressed"


def test_an_undone_merge_takes_the_booking_back(tenant, api):
    loser = make_candidate(tenant, emails=[EMAIL])
    winner = make_candidate(tenant)
    interview = make_proposal(tenant, [tenant.users["MANAGER"]], application_id=make_application(tenant, loser))
    merged = ok(api.post("/candidate-merges", {"winner_id": str(winner), "loser_id": str(loser)}))
    make_booking(tenant, interview)
    ok(api.post(f"/candidate-merges/{merged['id']}/undo", {"discard_changes": True}))
    assert ok(api.get(f"/interviews/{interview}/booking"))["candidate_id"] == str(loser)
