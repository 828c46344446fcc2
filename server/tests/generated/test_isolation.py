"""Foreign ids in paths, bodies, filters, cursors and file links: nothing is found, nothing changes, nothing leaks."""

from __future__ import annotations

import csv
import itertools

import pytest

from app.middleware.identity.access import PUBLIC
from app.models.system_role import SYSTEM_ROLES
from tests.factories.client import ok, refused
from tests.generated.registry import body_of, operations, path_of, query_of


def _foreign_words(world) -> list[str]:
    """Texts that only the other tenant has."""
    foreign = world.foreign
    return [str(foreign.tenant.id), foreign.tenant.slug, *(str(value) for value in foreign.ids.values())]


def _send(api, operation, place, path, options):
    if "file" in options:
        return api.upload(path, options["file"], **options.get("form", {}))
    return api.call(operation.method.upper(), path, **options)


def test_a_foreign_id_in_a_path_is_not_found(app, world):
    api = world.own.tenant.api()
    checked = 0
    for operation in operations(app):
        for name in operation.ids:
            path = path_of(operation, world.own.ids, {name: world.foreign.ids[name]})
            response = _send(api, operation, world.own, path, body_of(operation, world.own))
            assert refused(response, 404) == "not_found", operation.name
            assert world.foreign.tenant.slug not in response.text
            unknown = path_of(operation, world.own.ids, {name: "01890000-0000-7000-8000-000000000000"})
            missing = _send(api, operation, world.own, unknown, body_of(operation, world.own))
            same = ("type", "title", "status", "detail", "code")
            assert {k: missing.get_json()[k] for k in same} == {k: response.get_json()[k] for k in same}, operation.name
            checked += 1
    assert checked > 25


def test_a_foreign_id_in_a_body_is_refused(app, world):
    api = world.own.tenant.api()
    checked = 0
    for operation in operations(app):
        if operation.spec.permission == PUBLIC:
            continue
        options = body_of(operation, world.own)
        body, headers = options.get("json", {}), options.get("headers")
        for name in [key for key in body if key.endswith("_id")]:
            changed = {**body, name: str(world.foreign.ids[name])}
            path = path_of(operation, world.own.ids)
            response = api.call(operation.method.upper(), path, json=changed, headers=headers)
            assert response.status_code in (404, 409, 422), f"{operation.name} {name}: {response.status_code}"
            assert world.foreign.tenant.slug not in response.text
            checked += 1
    assert checked > 8


OF_CANDIDATES = (
    "candidate_id",
    "resume_id",
    "application_id",
    "document_id",
    "offer_id",
    "interview_id",
)


def test_what_is_out_of_sight_is_not_found(app, world):
    """A team lead whose team owns none of the world's candidates meets them like another tenant's."""
    api = world.own.tenant.api("TEAM_LEAD")
    checked = 0
    for operation in operations(app):
        path = path_of(operation, world.own.ids)
        if set(operation.ids) & set(OF_CANDIDATES):
            status = _send(api, operation, world.own, path, body_of(operation, world.own)).status_code
            granted = operation.spec.permission in SYSTEM_ROLES["TEAM_LEAD"][1]
            assert status == (404 if granted else 403), f"{operation.name}: {status}"
            checked += 1
        elif operation.method == "get" and operation.spec.permission != PUBLIC:
            response = api.get(path, query_string=query_of(operation, world.own.ids))
            shown = [name for name in OF_CANDIDATES if str(world.own.ids[name]) in response.text]
            assert not shown, f"{operation.name} shows {shown}"
    assert checked > 15


def test_no_answer_holds_a_byte_of_the_other_tenant(app, world):
    api = world.own.tenant.api()
    words = _foreign_words(world)
    for operation in operations(app):
        if operation.method != "get" or operation.spec.permission == PUBLIC:
            continue
        response = api.get(path_of(operation, world.own.ids), query_string=query_of(operation, world.own.ids))
        assert response.status_code == 200, f"{operation.name}: {response.text[:300]}"
        assert not [word for word in words if word in response.text], operation.name


def test_foreign_ids_in_filters_find_nothing(app, world):
    api = world.own.tenant.api()
    checked = 0
    for operation in operations(app):
        if operation.spec.query is None:
            continue
        fields = operation.spec.query.model_fields
        names = [name for name in fields if name.endswith("_id")] + (["ids"] if "ids" in fields else [])
        for name in names:
            value = world.foreign.ids.get(name, world.foreign.ids["candidate_id"])
            query = {**query_of(operation, world.own.ids), name: str(value)}
            response = api.get(path_of(operation, world.own.ids), query_string=query)
            assert _finds_nothing(response), f"{operation.name}?{name}"
            checked += 1
    assert checked > 10


def _finds_nothing(response) -> bool:
    """Whether a list is empty, and a report or a table has no figure but nought."""
    if response.status_code == 404:
        return True
    if response.mimetype == "text/event-stream":
        return "data:" not in response.text
    if response.mimetype == "text/csv":
        return all(cell in ("", "0") for row in csv.reader(response.text.splitlines()[1:]) for cell in row[3:])
    found = ok(response)
    if "stages" in found:
        return all(group["rate"] is None for stage in found["stages"] for group in stage["groups"])
    if "lines" not in found:
        return found["data"] == []
    return all(figure["row_count"] == 0 for line in found["lines"] for figure in line["figures"].values())


def test_a_cursor_of_another_tenant_is_refused(app, world):
    foreign = world.foreign.tenant.api()
    cursor = ok(foreign.get("/events", query_string={"limit": 1}))["next_cursor"]
    assert cursor.isdigit(), "the feed pages by seq, which every tenant counts for itself"
    cursor = ok(foreign.get("/audit", query_string={"limit": 1}))["next_cursor"]
    response = world.own.tenant.api().get("/audit", query_string={"limit": 1, "cursor": cursor})
    assert (response.status_code, response.get_json()["code"]) == (400, "bad_cursor")


def test_a_file_link_serves_its_own_file_only(app, world):
    api = world.own.tenant.api()
    url = ok(api.get(f"/candidate-documents/{world.own.ids['document_id']}/link"))["url"]
    path = url.removeprefix(app.config["SETTINGS"].public_url)
    response = api.get(path)
    assert response.status_code == 200, response.text
    assert str(world.own.ids["candidate_id"]) in response.text
    assert response.headers["Content-Disposition"].startswith("attachment")
    for forged in (path[:-2] + "xx", path.replace("/files/", "/files/x")):
        assert refused(api.get(forged), 404) == "not_found"


@pytest.mark.parametrize("field", ["tenant_id", "id", "role", "permissions"])
def test_nobody_writes_what_is_not_theirs_to_write(app, world, field):
    api = world.own.tenant.api()
    for operation in operations(app):
        if operation.spec.permission == PUBLIC:
            continue
        options = body_of(operation, world.own)
        body, headers = options.get("json"), options.get("headers")
        if body is not None and operation.spec.body.model_config.get("extra") == "ignore":
            continue  # a foreign format, whose unknown members are left out
        if body is None or (field == "role" and field in operation.spec.body.model_fields):
            continue
        changed = {**body, field: str(world.foreign.tenant.id)}
        path = path_of(operation, world.own.ids)
        response = api.call(operation.method.upper(), path, json=changed, headers=headers)
        assert refused(response, 422) == "validation_failed", operation.name


def test_unique_checks_do_not_reveal_the_other_tenant(app, world):
    own, foreign = world.own.tenant.api(), world.foreign.tenant.api()
    body = {"name": "Shared", "emails": ["shared@people.example"], "phones": ["+494030089999"]}
    assert [ok(api.post("/candidates", body), 201)["name"] for api in (own, foreign)] == ["Shared", "Shared"]
    pairs = itertools.product((own, foreign), repeat=1)
    assert all(refused(api.post("/candidates", body), 409) == "duplicate" for (api,) in pairs)
