"""Tokens at the edge: what is refused, what holds on the next request, cookies, limits."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import jwt
import pytest
import time_machine

from app.utils import clock
from app.utils.errors import NotFound
from app.utils.jwt_codec import ACCESS_TYPE, ISSUER, TENANT_AUDIENCE
from app.utils.signing import signer
from config.settings import DEFAULT_SECRET
from tests.factories.client import Api, ok, refused
from tests.factories.tenant import PASSWORD
from tests.factories.windows import room_in_window


def _claims(tenant, api, **changes):
    claims = jwt.decode(api.token, options={"verify_signature": False})
    claims |= changes
    return {key: value for key, value in claims.items() if value is not None}


def _sign(claims, key=DEFAULT_SECRET, algorithm="HS256", **headers):
    return jwt.encode(claims, key, algorithm, headers={"kid": "dev", **headers})


def test_login_answers_tokens_that_work(tenant):
    body = {"email": tenant.email("MANAGER"), "password": PASSWORD}
    pair = ok(Api(tenant.app).post("/auth/login", body))
    me = ok(Api(tenant.app, pair["access_token"]).get("/auth/me"))
    assert (me["role"], me["tenant_slug"], pair["expires_in"]) == ("MANAGER", tenant.slug, 900)
    renewed = ok(Api(tenant.app).post("/auth/refresh", {"refresh_token": pair["refresh_token"]}))
    assert renewed["refresh_token"] != pair["refresh_token"]


def test_the_same_refusal_for_unknown_and_known_accounts(tenant):
    answers = []
    for email in (tenant.email("MANAGER"), "nobody@people.example"):
        response = Api(tenant.app).post("/auth/login", {"email": email, "password": "wrong"})
        assert refused(response, 401) == "invalid_credentials"
        answers.append({k: v for k, v in response.get_json().items() if k != "request_id"})
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "change",
    [
        {"exp": None},
        {"sub": None},
        {"aud": None},
        {"tenant_id": None},
        {"sid": None},
        {"typ": None},
        {"iss": "other"},
        {"aud": "fairlead:platform"},
        {"typ": "refresh"},
        {"exp": 1},
        {"nbf": 2**40},
        {"tenant_id": "x"},
        {"sub": 7},
        {"exp": "4102444800"},
        {"exp": 4102444800.5},
        {"iat": "1"},
        {"nbf": True},
        {"sid": 7},
    ],
    ids=str,
)
def test_a_token_with_wrong_claims_is_refused(tenant, api, change):
    response = Api(tenant.app, _sign(_claims(tenant, api, **change))).get("/auth/me")
    assert refused(response, 401) == "invalid_token" and "Bearer" in response.headers["WWW-Authenticate"]


def test_a_token_of_another_tenant_is_refused(tenant, api, world):
    token = _sign(_claims(tenant, api, tenant_id=str(world.own.tenant.id)))
    assert refused(Api(tenant.app, token).get("/auth/me"), 401) == "session_ended"


def test_forged_signatures_are_refused(tenant, api):
    claims = _claims(tenant, api)
    head, body, signature = api.token.split(".")
    flipped = ("B" if signature[0] == "A" else "A") + signature[1:]

    def unsigned(algorithm):
        header = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "typ": "JWT", "kid": "dev"}).encode())
        return f"{header.rstrip(b'=').decode()}.{body}."

    forged = [
        f"{head}.{body}.{flipped}",
        *(unsigned(algorithm) for algorithm in ("none", "None", "NONE", "nOnE", "")),
        _sign(claims, "another-secret-that-is-long-enough-indeed"),
        _sign(claims, kid="other"),
        _sign(claims, jku="https://evil.example/keys"),
        _sign(claims, jwk={"kty": "oct", "k": "x"}),
        _sign(claims, crit=["x"], x=1),
        _sign(claims, DEFAULT_SECRET * 2, "HS512"),
        "x",
        "a.b.c",
        "ä.b.c",
    ]
    for token in forged:
        assert refused(Api(tenant.app, token).get("/auth/me"), 401) in ("invalid_token", "unauthenticated"), token
    assert refused(Api(tenant.app).get("/auth/me", headers={"Authorization": "Basic eDp5"}), 401) == "unauthenticated"


def test_an_access_token_ends(tenant, api):
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert refused(api.get("/auth/me"), 401) == "invalid_token"


def test_keys_rotate_by_kid(tenant, api):
    claims = _claims(tenant, api)
    assert claims["iss"] == ISSUER and claims["aud"] == TENANT_AUDIENCE and claims["typ"] == ACCESS_TYPE
    assert jwt.get_unverified_header(api.token)["kid"] == "dev"


def test_a_suspended_user_is_out_on_the_next_request(tenant, api):
    recruiter = tenant.api("RECRUITER")
    ok(recruiter.get("/auth/me"))
    ok(api.patch(f"/users/{tenant.users['RECRUITER']}", {"status": "suspended"}))
    assert refused(recruiter.get("/auth/me"), 401) == "session_ended"


def test_a_demoted_user_is_refused_on_the_next_request(tenant, api):
    manager = tenant.api("MANAGER")
    ok(manager.get("/audit"))
    ok(api.patch(f"/users/{tenant.users['TEAM_LEAD']}", {"manager_id": str(tenant.users["TENANT_ADMIN"])}))
    ok(
        api.patch(
            f"/users/{tenant.users['MANAGER']}", {"role": "RECRUITER", "manager_id": str(tenant.users["TENANT_ADMIN"])}
        )
    )
    assert refused(manager.get("/audit"), 403) == "permission_missing"


def test_a_changed_password_ends_the_other_sessions(tenant):
    lead = tenant.api("TEAM_LEAD")
    other = ok(Api(tenant.app).post("/auth/login", {"email": tenant.email("TEAM_LEAD"), "password": PASSWORD}))
    change = {"current_password": PASSWORD, "password": "another quiet harbour"}
    ok(lead.post("/auth/password", change), 204)
    assert refused(Api(tenant.app, other["access_token"]).get("/auth/me"), 401) == "session_ended"
    assert lead.get("/auth/me").status_code == 200
    pair = ok(Api(tenant.app).post("/auth/login", {"email": tenant.email("TEAM_LEAD"), "password": change["password"]}))
    assert pair["refresh_token"]


@pytest.mark.parametrize("password", ["tiny", "aaaaaaaaaaaaaaaaaaa", "passwordpassword"])
def test_weak_passwords_are_refused(tenant, password):
    change = {"current_password": PASSWORD, "password": password}
    response = tenant.api("TEAM_LEAD").post("/auth/password", change)
    assert refused(response, 422) == "validation_failed" and password not in response.text


def test_browsers_keep_the_refresh_token_in_a_cookie(tenant):
    client = tenant.app.test_client()
    body = {"email": tenant.email("MANAGER"), "password": PASSWORD, "cookie": True}
    response = client.post("/api/v1/auth/login", json=body)
    assert response.get_json()["refresh_token"] is None
    cookie = response.headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Strict", "Path=/api/v1/auth"))
    assert (
        refused(client.post("/api/v1/auth/refresh", json={}, headers={"Origin": "https://evil.example"}), 403)
        == "foreign_origin"
    )
    renewed = client.post("/api/v1/auth/refresh", json={}, headers={"Origin": "https://app.example"})
    assert renewed.status_code == 200 and renewed.get_json()["refresh_token"] is None


def test_sign_in_is_limited_by_address(tenant, monkeypatch):
    monkeypatch.setattr(tenant.app.config["SETTINGS"], "rate_limit_login", "10/60")
    body = {"email": "nobody@people.example", "password": "wrong"}
    headers = {"X-Forwarded-For": "10.0.0.1"}
    codes = []
    room_in_window(5)
    for number in range(11):
        headers["X-Forwarded-For"] = f"10.0.0.{number}"
        codes.append(Api(tenant.app).post("/auth/login", body, headers=headers))
    assert [response.status_code for response in codes] == [401] * 10 + [429]
    assert int(codes[-1].headers["Retry-After"]) >= 1 and codes[-1].headers["RateLimit-Policy"] == '"login";q=10;w=60'


def test_sign_in_is_limited_by_account_too(tenant, monkeypatch):
    monkeypatch.setattr(tenant.app.config["SETTINGS"], "rate_limit_login", "10/60")
    body = {"email": tenant.email("MANAGER"), "password": "wrong"}
    client = tenant.app.test_client()
    room_in_window(5)
    codes = [
        client.post("/api/v1/auth/login", json=body, environ_base={"REMOTE_ADDR": f"10.0.0.{number}"}).status_code
        for number in range(11)
    ]
    assert codes == [401] * 10 + [429]


def test_clocks_that_are_a_minute_apart_understand_each_other(tenant, api):
    ahead = {name: _claims(tenant, api)[name] + 55 for name in ("iat", "nbf")}
    assert Api(tenant.app, _sign(_claims(tenant, api, **ahead))).get("/auth/me").status_code == 200
    too_far = {name: moment + 30 for name, moment in ahead.items()}
    assert refused(Api(tenant.app, _sign(_claims(tenant, api, **too_far))).get("/auth/me"), 401) == "invalid_token"
    over = int(clock.now().timestamp()) - 5
    assert (
        refused(Api(tenant.app, _sign(_claims(tenant, api, exp=over))).get("/auth/me"), 401) == "invalid_token"
    ), "the end is exact"


def test_a_link_of_a_server_whose_clock_is_ahead_is_good(app):
    with time_machine.travel(clock.now() + timedelta(seconds=55)):
        token = signer.sign_timed("test", ["x"])
    with time_machine.travel(clock.now() + timedelta(seconds=200)):
        later = signer.sign_timed("test", ["x"])
    assert signer.read_timed("test", token, 60) == ["x"]
    with pytest.raises(NotFound):
        signer.read_timed("test", later, 60)
