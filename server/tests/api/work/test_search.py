"""One search: what is visible, by beginnings of words and by slips."""

from __future__ import annotations

from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.client import ok, refused
from tests.factories.job import make_job
from tests.factories.job_part import join, make_member


def _found(api, q):
    return ok(api.get("/search", query_string={"q": q}))


def test_everything_that_a_person_would_look_for(tenant):
    api = tenant.api()
    job = make_job(tenant, title="Pythonista in residence")
    ada = make_candidate(tenant, name="Adalbert Pythagoras")
    application = make_application(tenant, ada, job)
    found = _found(api, "pyth")
    assert [each["id"] for each in found["candidates"]["data"]] == [str(ada)]
    assert [each["id"] for each in found["applications"]["data"]] == [str(application)]
    assert [each["id"] for each in found["jobs"]["data"]] == [str(job)]
    assert found["users"]["data"] == []
    assert [each["name"] for each in _found(api, "recr")["users"]["data"]] == ["Recruiter"]
    assert [each["id"] for each in _found(api, "adal PYTHAG")["candidates"]["data"]] == [str(ada)]


def test_slips_are_forgiven_if_nothing_else_is_found(tenant):
    api, job = tenant.api(), make_job(tenant, title="Warehouse Keeper")
    ada = make_candidate(tenant, name="Adalbert Pythagoras")
    for q in ("Wareouse", "warehousse keeper"):
        found = _found(api, q)["jobs"]
        assert ([each["id"] for each in found["data"]], found["is_lenient"]) == ([str(job)], True), q
    found = _found(api, "pytagoras")["candidates"]
    assert ([each["id"] for each in found["data"]], found["is_lenient"]) == ([str(ada)], True)
    assert [each["name"] for each in _found(api, "recuiter")["users"]["data"]] == ["Recruiter"]
    for nothing in ("qqqq", "100% ***", "%%", '"" ()'):
        found = _found(api, nothing)
        assert all(part["data"] == [] for part in found.values()), nothing
    assert refused(api.get("/search?q=a"), 400) == "invalid_parameters"


def test_only_what_the_reader_may_see(tenant):
    job = make_job(tenant, title="Python Engineer")
    owner = tenant.users["TENANT_ADMIN"]
    inside, outside = (make_candidate(tenant, name=f"Grace {name}", owner_id=owner) for name in ("Inside", "Outside"))
    application = make_application(tenant, inside, job)
    make_application(tenant, inside)
    make_application(tenant, outside)
    member = join(tenant, make_member(tenant), [job], "hiring_manager")
    found = _found(member, "grace")
    assert [each["id"] for each in found["candidates"]["data"]] == [str(inside)]
    assert [each["id"] for each in found["applications"]["data"]] == [str(application)]
    assert found["candidates"]["data"][0]["application_count"] == 1


def test_while_somebody_types(tenant):
    api = tenant.api()
    job, kitchen = make_job(tenant, title="Front-End Developer"), make_job(tenant, title="Küchenhilfe (m/w/d)")
    ada = make_candidate(tenant, name="Adalbert Lovelace")
    for q in ("front-e", "end dev", "FRONT END d"):
        found = _found(api, q)["jobs"]
        assert ([each["id"] for each in found["data"]], found["is_lenient"]) == ([str(job)], False), q
    for q in ("küch", "kuch", "KÜCHENHILFE"):
        found = _found(api, q)["jobs"]
        assert ([each["id"] for each in found["data"]], found["is_lenient"]) == ([str(kitchen)], False), q
    for q in ("adalbert l", "a lo", "adalbert lo"):
        assert [each["id"] for each in _found(api, q)["candidates"]["data"]] == [str(ada)], q
