"""Candidates: contact points, search, pages, provenance."""

from __future__ import annotations

import pytest

from tests.factories.application import make_application
from tests.factories.candidate import candidate_body, make_candidate
from tests.factories.candidate_resume import make_resume
from tests.factories.client import ok, refused
from tests.factories.job import make_job


def _names(api, **query):
    return [row["name"] for row in ok(api.get("/candidates", query_string=query))["data"]]


@pytest.mark.parametrize(
    "second",
    [
        {"emails": ["ADA@people.example"]},
        {"phones": ["+49 (40) 3008-1234"]},
        {"links": ["http://www.example.com/ada/"]},
    ],
)
def test_a_contact_point_belongs_to_one_person(api, second):
    first = {"emails": ["ada@people.example"], "phones": ["+494030081234"], "links": ["https://example.com/ada"]}
    ok(api.post("/candidates", candidate_body(**first)), 201)
    response = api.post("/candidates", candidate_body(**second))
    assert (response.status_code, response.get_json()["code"]) == (409, "duplicate")
    assert len(_names(api)) == 1


def test_search_finds_words_of_name_title_and_skills(tenant, api):
    make_candidate(tenant, name="Zoë Müller", headline="C++ Developer", skills=["Node.js", "C#"])
    make_candidate(tenant, name="Zoe Other", headline="Nurse")
    assert _names(api, q="zoe") == ["Zoe Other", "Zoë Müller"]
    assert _names(api, q="ZOE muller") == ["Zoë Müller"]
    assert _names(api, q="c++") == _names(api, q="node.js") == _names(api, q="C#") == ["Zoë Müller"]
    assert _names(api, q="zoe plumber") == _names(api, q="c") == _names(api, q="!!") == []


def test_search_follows_changes_and_looks_into_resumes(tenant, api):
    resume = ok(api.get(f"/candidate-resumes/{make_resume(tenant)}"))
    assert len(_names(api, q="warehouse pipelines")) == 1
    ok(api.patch(f"/candidates/{resume['candidate_id']}", {"headline": "Astronaut"}))
    assert len(_names(api, q="astronaut")) == len(_names(api, q="warehouse")) == 1
    assert _names(api, q="engineer astronomer") == []


def test_pages_hold_every_row_once_in_either_order(tenant, api):
    for number in range(7):
        make_candidate(tenant, name=f"Name {number % 3}")
    for sort in ("created_at", "-created_at", "name", "-name", "updated_at"):
        seen, cursor = [], None
        while True:
            query = {"limit": 2, "sort": sort} | ({"cursor": cursor} if cursor else {})
            response = api.get("/candidates", query_string=query)
            page = ok(response)
            seen += [row["id"] for row in page["data"]]
            cursor = page["next_cursor"]
            assert page["has_more"] == bool(cursor) == ("Link" in response.headers)
            if not cursor:
                break
        assert len(seen) == len(set(seen)) == 7, sort


def test_the_link_header_leads_to_the_next_page(tenant, api):
    for _ in range(3):
        make_candidate(tenant)
    first = api.get("/candidates?limit=2&q=person")
    target = first.headers["Link"].split(";")[0].strip("<>")
    assert len(ok(api.get(target))["data"]) == 1


def test_a_cursor_belongs_to_its_filter_and_order(tenant, api):
    for _ in range(3):
        make_candidate(tenant)
    cursor = ok(api.get("/candidates?limit=1"))["next_cursor"]
    assert (
        refused(api.get("/candidates", query_string={"limit": 1, "cursor": cursor, "sort": "name"}), 400)
        == "bad_cursor"
    )
    assert (
        refused(api.get("/candidates", query_string={"limit": 1, "cursor": cursor, "status": "active"}), 400)
        == "bad_cursor"
    )
    assert refused(api.get("/candidates", query_string={"limit": 1, "cursor": cursor[:-1]}), 400) == "bad_cursor"


def test_filters_narrow_the_list(tenant, api):
    mine = make_candidate(
        tenant, years_experience=9.0, owner_id=str(tenant.users["MANAGER"]), emails=["nine@people.example"]
    )
    other = make_candidate(tenant, years_experience=2.0)
    ok(api.patch(f"/candidates/{other}", {"status": "archived"}))
    every = [
        {"status": "active"},
        {"owner_id": str(tenant.users["MANAGER"])},
        {"years_experience[gte]": 5},
        {"ids": str(mine)},
        {"email": "NINE@people.example"},
    ]
    for query in every:
        assert [row["id"] for row in ok(api.get("/candidates", query_string=query))["data"]] == [str(mine)], query
    changed = ok(api.get(f"/candidates/{other}"))["updated_at"]
    assert _names(api, **{"updated_at[gt]": changed}) == []


def test_a_total_is_counted_only_where_asked(tenant, api):
    for _ in range(3):
        make_candidate(tenant)
    assert ok(api.get("/candidates?limit=1&include=total_count"))["total_count"] == 3
    assert ok(api.get("/candidates?limit=1"))["total_count"] is None


def test_the_list_counts_applications(tenant, api):
    candidate = make_candidate(tenant)
    for _ in range(2):
        make_application(tenant, candidate, make_job(tenant))
    assert ok(api.get("/candidates"))["data"][0]["application_count"] == 2


def test_a_candidate_with_applications_stays(tenant, api):
    candidate = make_candidate(tenant)
    make_application(tenant, candidate)
    assert api.delete(f"/candidates/{candidate}").get_json()["code"] == "has_applications"


def test_nulls_are_refused_where_a_value_is_needed(tenant, api):
    response = api.patch(f"/candidates/{make_candidate(tenant)}", {"name": None, "skills": None})
    assert refused(response, 422) == "validation_failed" and len(response.get_json()["errors"]) == 2


def test_a_search_has_a_measure(api):
    many = "+".join(f"w{number}" for number in range(17))
    assert api.get(f"/candidates?q={many}").get_json()["code"] == "too_many_words"


def test_an_empty_cursor_is_none_of_ours(api):
    for path in ("/candidates", "/jobs"):
        assert refused(api.get(f"{path}?cursor="), 400) == "invalid_parameters"


def test_names_are_found_in_plain_letters(tenant, api):
    found = [make_candidate(tenant, name=name) for name in ("Łukasz Żółw", "Søren Ærø", "Þóra Weiß")]
    for query, candidate in zip(("lukasz zolw", "soren aero", "thora weiss"), found, strict=True):
        assert [each["id"] for each in ok(api.get(f"/candidates?q={query}"))["data"]] == [str(candidate)], query
    hit = ok(api.get("/candidates/search?q=lukasz"))["data"][0]
    assert hit["highlights"][0]["marks"] == [{"start": 0, "end": 6}]


def test_weekly_pay_is_taken(api):
    pay = {"amount": "900.00", "currency": "GBP", "period": "week"}
    made = ok(api.post("/candidates", {**candidate_body(), "expected_pay": pay}), 201)
    assert made["expected_pay"] == pay
