"""Times at the edge of the calendar are refused where they come in: no arithmetic with zones can leave it."""

from __future__ import annotations

import pytest

from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.client import ok
from tests.factories.job import make_job

MOMENTS = [
    "9999-12-31T23:30:00Z",
    "9999-12-31T23:30:00-14:00",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "2226-01-01T00:00:00Z",
]
DAYS = ["9999-12-31", "0001-01-01", "2226-01-01"]
FAR = "within a hundred years"


@pytest.fixture
def application(tenant, api):
    ok(api.patch("/tenant", {"time_zone": "Pacific/Kiritimati"}))
    return make_application(tenant)


def _refused(answer):
    assert answer.status_code in (400, 422), answer.get_data(as_text=True)[:300]
    assert FAR in answer.get_data(as_text=True)


@pytest.mark.parametrize("moment", MOMENTS)
def test_moments(tenant, api, application, moment):
    user = str(tenant.users["MANAGER"])
    time = {"starts_at": moment, "minutes": 60, "zone": "Pacific/Kiritimati"}
    interview = {"application_id": str(application), "kind": "video", "panel": [{"user_id": user}], "time": time}
    _refused(api.post("/interviews", interview))
    _refused(api.post("/offers", {"application_id": str(application), "expires_at": moment}))
    _refused(api.get("/candidates", query_string={"updated_at[gt]": moment}))
    _refused(api.post("/tasks", {"candidate_id": str(make_candidate(tenant)), "title": "Call", "due_at": moment}))


@pytest.mark.parametrize("day", DAYS)
def test_days(tenant, api, application, day):
    _refused(api.post("/candidates", {"name": "Ada Horn", "available_from": day}))
    _refused(api.post("/offers", {"application_id": str(application), "start_on": day}))
    _refused(api.get("/reports/funnel", query_string={"since": day}))
    assert make_job(tenant)
