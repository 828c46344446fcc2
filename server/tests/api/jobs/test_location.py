"""Places of work, and what the world is told of them."""

from __future__ import annotations

import json
import re

import pytest
from defusedxml import ElementTree as Xml

from app.services.jobs import location_service
from tests.factories.application import make_application
from tests.factories.careers import make_posting
from tests.factories.client import ok, refused
from tests.factories.department import make_location
from tests.factories.job import make_job

ADDRESS = {"street": "Am Sandtorkai 1", "postal_code": "20457", "region": "Hamburg"}


def _linked_data(app, tenant, posting) -> dict:
    text = app.test_client().get(f"/careers/{tenant.slug}/jobs/{posting}").text
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)[1])


def test_a_place_is_added_changed_and_kept_while_jobs_are_there(tenant, api, monkeypatch):
    place = ok(api.post("/locations", {"name": "Harbour", "city": "Hamburg", "country": "DE", **ADDRESS}), 201)
    path = f"/locations/{place['id']}"
    assert ok(api.patch(path, {"street": None, "city": "Kiel"}))["street"] is None
    assert (
        api.post("/locations", {"name": "HARBOUR", "city": "Kiel", "country": "DE"}).get_json()["code"] == "duplicate"
    )
    job = make_job(tenant, opened=False, location_id=place["id"])
    assert ok(api.get("/jobs", query_string={"location_id": place["id"]}))["data"][0]["id"] == str(job)
    assert ok(api.delete(path), 409)["code"] == "location_in_use"
    clone = ok(api.post(f"/jobs/{job}/clone", {}), 201)
    assert clone["location_id"] == place["id"]
    template = ok(api.post(f"/jobs/{job}/template", {"name": "There"}), 201)
    assert ok(api.post(f"/job-templates/{template['id']}/jobs", {}), 201)["location_id"] == place["id"]
    assert refused(tenant.api("RECRUITER").delete(path), 403) == "permission_missing"
    assert [each["city"] for each in ok(tenant.api("RECRUITER").get("/locations"))["data"]] == ["Kiel"]
    free = make_location(tenant)
    ok(api.delete(f"/locations/{free}"), 204)
    monkeypatch.setattr(location_service, "MAX_LOCATIONS", 1)
    assert (
        ok(api.post("/locations", {"name": "Two", "city": "Kiel", "country": "DE"}), 409)["code"]
        == "too_many_locations"
    )


@pytest.mark.parametrize("body", [{"country": "XX"}, {"country": "Germany"}, {"city": ""}, {"name": None}])
def test_an_address_makes_sense(api, body):
    assert (
        refused(api.post("/locations", {"name": "Harbour", "city": "Hamburg", "country": "DE", **body}), 422)
        == "validation_failed"
    )


def test_job_boards_are_told_the_parts_of_the_address(app, tenant):
    place = str(make_location(tenant, **ADDRESS))
    posting = make_posting(tenant, make_job(tenant, location_id=place, location=None))
    address = _linked_data(app, tenant, posting)["jobLocation"]["address"]
    assert address == {
        "@type": "PostalAddress",
        "streetAddress": "Am Sandtorkai 1",
        "postalCode": "20457",
        "addressLocality": "Hamburg",
        "addressRegion": "Hamburg",
        "addressCountry": "DE",
    }
    feed = Xml.fromstring(app.test_client().get(f"/careers/{tenant.slug}/jobs.xml").data)
    assert [feed.find(f"job/{name}").text for name in ("city", "state", "country", "postalcode")] == [
        "Hamburg",
        "Hamburg",
        "DE",
        "20457",
    ]
    assert "Hamburg, harbour" in app.test_client().get(f"/careers/{tenant.slug}").text, "the place's name is told"


def test_a_remote_job_tells_from_which_country(app, tenant):
    place = str(make_location(tenant))
    remote = make_posting(tenant, make_job(tenant, location_id=place, workplace="remote"))
    data = _linked_data(app, tenant, remote)
    assert data["jobLocationType"] == "TELECOMMUTE"
    assert data["applicantLocationRequirements"] == {"@type": "Country", "name": "DE"}


def test_a_posting_that_tells_another_place_is_not_given_the_address(app, tenant):
    place = str(make_location(tenant, **ADDRESS))
    posting = make_posting(tenant, make_job(tenant, location_id=place), location="Bremen")
    assert _linked_data(app, tenant, posting)["jobLocation"]["address"] == {
        "@type": "PostalAddress",
        "addressLocality": "Bremen",
    }


def test_reports_by_place(tenant, api):
    place = make_location(tenant)
    make_application(tenant, job_id=make_job(tenant, location_id=str(place)))
    make_application(tenant)
    lines = {each["label"]: each for each in ok(api.get("/reports/sources?by=location"))["lines"]}
    assert set(lines) == {"Hamburg, harbour", None} and lines["Hamburg, harbour"]["key"] == str(place)
    only = ok(api.get("/reports/sources", query_string={"location_id": str(place)}))
    assert only["total"]["figures"]["applications"]["value"] == 1
