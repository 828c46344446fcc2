"""When interviewers can."""

from __future__ import annotations

import pytest
import time_machine

from tests.factories.client import ok, refused
from tests.factories.interview import make_interview

LEAD, MANAGER = "TEAM_LEAD", "MANAGER"
MONDAY = "2027-03-22T00:00:00Z"


def _slots(api, *users, since=MONDAY, until="2027-03-23T00:00:00Z", minutes=60) -> list[str]:
    query = {"user_ids": ",".join(map(str, users)), "from": since, "until": until, "minutes": minutes}
    return [each["starts_at"] for each in ok(api.get("/interview-slots", query_string=query))["data"]]


def _week(api, user, zone, *windows) -> None:
    body = {"zone": zone, "windows": [{"weekday": day, "start": start, "end": end} for day, start, end in windows]}
    assert ok(api.put(f"/users/{user}/availability", body))["windows"] == body["windows"]


def test_until_it_is_said_the_hours_of_an_office_count(tenant, api):
    lead = tenant.users[LEAD]
    assert len(ok(api.get(f"/users/{lead}/availability"))["windows"]) == 5
    slots = _slots(api, lead)
    assert (slots[0], slots[-1], len(slots)) == ("2027-03-22T09:00:00Z", "2027-03-22T16:00:00Z", 29)


def test_a_window_may_end_at_midnight_and_go_on_behind_it(tenant, api):
    lead = tenant.users[LEAD]
    _week(api, lead, "UTC", (4, "22:00", "24:00"), (5, "00:00", "06:00"))
    slots = _slots(api, lead, since="2027-03-26T20:00:00Z", until="2027-03-27T07:00:00Z")
    quarters = ("22:45", "23:00", "23:15", "23:30", "23:45")
    assert {f"2027-03-26T{time}:00Z" for time in quarters} < set(slots) and "2027-03-27T05:00:00Z" in slots


def test_a_list_that_was_cut_says_so(tenant, api):
    query = {"user_ids": str(tenant.users[LEAD]), "from": MONDAY, "until": "2027-04-20T00:00:00Z", "minutes": 30}
    page = ok(api.get("/interview-slots", query_string=query))
    assert len(page["data"]) == 200 and page["has_more"]
    rest = ok(api.get("/interview-slots", query_string={**query, "cursor": page["next_cursor"]}))["data"]
    assert rest[0]["starts_at"] > page["data"][-1]["starts_at"] and len(rest) > 100
    assert not ok(api.get("/interview-slots", query_string={**query, "until": "2027-03-23T00:00:00Z"}))["has_more"]


def test_several_can_where_their_windows_overlap_and_no_interview_is(tenant, api):
    lead, manager = tenant.users[LEAD], tenant.users[MANAGER]
    _week(api, lead, "UTC", (0, "08:00", "12:00"), (0, "13:00", "15:00"))
    _week(api, manager, "America/New_York", (0, "05:00", "10:00"))  # 09:00 to 14:00 in UTC
    assert _slots(api, lead, manager, minutes=120) == [
        f"2027-03-22T{time}:00Z" for time in ("09:00", "09:15", "09:30", "09:45", "10:00")
    ]
    make_interview(tenant, None, LEAD, time={"starts_at": "2027-03-22T10:10:00Z", "minutes": 20})
    assert _slots(api, lead, manager) == [
        f"2027-03-22T{time}:00Z" for time in ("09:00", "10:30", "10:45", "11:00", "13:00")
    ]


@pytest.mark.parametrize(("day", "starts"), [("2027-03-26", "09:00"), ("2027-03-29", "08:00")])
def test_a_window_is_in_local_time_through_daylight_saving(tenant, api, day, starts):
    """Clocks go forward in Berlin on 28 March 2027."""
    lead = tenant.users[LEAD]
    _week(api, lead, "Europe/Berlin", (4, "10:00", "11:00"), (0, "10:00", "11:00"))
    found = _slots(api, lead, since=f"{day}T00:00:00Z", until=f"{day}T23:00:00Z")
    assert found == [f"{day}T{starts}:00Z"]


def test_the_past_and_odd_spans_are_refused(tenant, api):
    lead = tenant.users[LEAD]
    with time_machine.travel("2027-03-22T14:20:00Z"):
        tenant.tokens.clear()
        assert _slots(tenant.api(), lead)[0] == "2027-03-22T14:30:00Z"
    tenant.tokens.clear()
    query = {"user_ids": str(lead), "from": MONDAY, "until": "2027-05-23T00:00:00Z"}
    assert refused(api.get("/interview-slots", query_string=query), 400) == "invalid_parameters"
    never = {"zone": "UTC", "windows": []}
    ok(api.put(f"/users/{lead}/availability", never))
    assert _slots(api, lead) == []
    wrong = {"zone": "UTC", "windows": [{"weekday": 0, "start": "12:00", "end": "11:00"}]}
    assert refused(api.put(f"/users/{lead}/availability", wrong), 422) == "validation_failed"


def test_windows_that_overlap_are_one(tenant, api):
    lead = tenant.users[LEAD]
    _week(api, lead, "UTC", (0, "09:00", "11:00"), (0, "10:00", "11:00"), (0, "11:00", "12:00"))
    slots = _slots(api, lead)
    assert len(slots) == len(set(slots)) == 9 and slots[-1] == "2027-03-22T11:00:00Z"
