"""Platform administrators: sign-in apart, second factor, lockout, sessions."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from app.utils import clock
from tests.factories.client import Api, ok, refused
from tests.factories.platform import make_platform_admin
from tests.factories.tenant import PASSWORD


@pytest.fixture
def operator(app):
    return make_platform_admin(app)


def _login(app, operator, password=PASSWORD, code=None):
    body = {"email": operator.email, "password": password, **({"code": code} if code else {})}
    return Api(app).post("/platform/auth/login", body)


def test_sign_in_needs_the_second_factor_once_it_is_on(app, operator):
    assert _login(app, operator).get_json()["code"] == "totp_required"
    assert _login(app, operator, code="000000").get_json()["code"] == "invalid_credentials"
    pair = ok(_login(app, operator, code=operator.code()))
    me = ok(Api(app, pair["access_token"]).get("/platform/auth/me"))
    assert me["email"] == operator.email and me["totp_enabled_at"]
    assert "password_hash" not in me and "totp_secret" not in me


def test_the_same_refusal_for_known_and_unknown_administrators(app, operator):
    known = _login(app, operator, password="wrong").get_json()
    unknown = Api(app).post("/platform/auth/login", {"email": "no@platform.example", "password": "wrong"}).get_json()
    assert {**known, "request_id": 0} == {**unknown, "request_id": 0}


def test_five_failures_lock_for_half_an_hour(app, operator):
    for _ in range(5):
        assert refused(_login(app, operator, password="wrong"), 401) == "invalid_credentials"
    assert refused(_login(app, operator, code=operator.code()), 401) == "invalid_credentials"
    with time_machine.travel(clock.now() + timedelta(minutes=31), tick=False):
        ok(_login(app, operator, code=operator.totp.at(clock.now())))


def test_a_tenant_user_is_nobody_on_the_platform(app, tenant):
    body = {"email": tenant.email("TENANT_ADMIN"), "password": PASSWORD}
    assert refused(Api(app).post("/platform/auth/login", body), 401) == "invalid_credentials"


def test_refresh_rotates_and_an_old_token_ends_the_session(app, operator):
    first = ok(_login(app, operator, code=operator.code()))
    second = ok(Api(app).post("/platform/auth/refresh", {"refresh_token": first["refresh_token"]}))
    ok(Api(app, second["access_token"]).get("/platform/auth/me"))
    again = ok(Api(app).post("/platform/auth/refresh", {"refresh_token": first["refresh_token"]}))
    assert again["refresh_token"] == second["refresh_token"], "a second tab stays signed in"
    third = ok(Api(app).post("/platform/auth/refresh", {"refresh_token": second["refresh_token"]}))
    for old in (first, second, third):
        assert (
            refused(Api(app).post("/platform/auth/refresh", {"refresh_token": old["refresh_token"]}), 401)
            == "session_ended"
        )
    for token in (first["access_token"], second["access_token"], third["access_token"]):
        assert refused(Api(app, token).get("/platform/auth/me"), 401) == "session_ended"
    assert refused(Api(app).post("/platform/auth/refresh", {"refresh_token": "nonsense"}), 401) == "session_ended"


def test_a_session_ends_with_the_working_day(app, operator):
    pair = ok(_login(app, operator, code=operator.code()))
    with time_machine.travel(clock.now() + timedelta(hours=13), tick=False):
        assert (
            refused(Api(app).post("/platform/auth/refresh", {"refresh_token": pair["refresh_token"]}), 401)
            == "session_ended"
        )


def test_logout_holds_at_once(app, operator):
    ok(operator.api.post("/platform/auth/logout"), 204)
    assert refused(operator.api.get("/platform/auth/me"), 401) == "session_ended"


def test_a_new_password_ends_the_other_sessions(app, operator):
    other = Api(app, ok(_login(app, operator, code=operator.code()))["access_token"])
    change = {"current_password": "wrong", "password": "another quiet harbour"}
    assert refused(operator.api.post("/platform/auth/password", change), 403) == "wrong_password"
    ok(operator.api.post("/platform/auth/password", {**change, "current_password": PASSWORD}), 204)
    assert refused(other.get("/platform/auth/me"), 401) == "session_ended"
    ok(operator.api.get("/platform/auth/me"))
    assert _login(app, operator).get_json()["code"] == "invalid_credentials"


def test_whoever_is_suspended_is_out_at_once_and_one_always_stays(app, operator):
    other = make_platform_admin(app)
    path = f"/platform/admins/{other.id}"
    assert (
        refused(operator.api.patch(f"/platform/admins/{operator.id}", {"status": "suspended"}), 409)
        == "self_suspension"
    )
    ok(operator.api.patch(path, {"status": "suspended"}))
    assert refused(other.api.get("/platform/auth/me"), 401) == "session_ended"
    assert refused(_login(app, other, code=other.code()), 401) == "invalid_credentials"
    ok(operator.api.patch(path, {"status": "active"}))
    assert refused(other.api.get("/platform/auth/me"), 401) == "session_ended", "the old session stays ended"


def test_a_lost_second_factor_is_reset_by_another(app, operator):
    other = make_platform_admin(app)
    assert refused(other.api.delete(f"/platform/admins/{other.id}/totp"), 409) == "self_reset"
    ok(operator.api.delete(f"/platform/admins/{other.id}/totp"), 204)
    assert refused(other.api.get("/platform/auth/me"), 401) == "session_ended"
    api = Api(app, ok(_login(app, other))["access_token"])
    assert api.get("/platform/tenants").get_json()["code"] == "second_factor_missing"


def test_what_was_done_is_listed(app, operator):
    new = {"email": "third@platform.example", "name": "Third", "password": PASSWORD}
    created = ok(operator.api.post("/platform/admins", new), 201)
    events = ok(operator.api.get("/platform/events", query_string={"subject_id": created["id"]}))["data"]
    assert [(event["type"], event["actor_id"]) for event in events] == [("platform_admin.created", str(operator.id))]
    assert refused(operator.api.post("/platform/admins", new), 409) == "duplicate"
    listed = ok(operator.api.get("/platform/admins", query_string={"limit": 1, "include": "total_count"}))
    assert listed["total_count"] == 2 and listed["has_more"]
