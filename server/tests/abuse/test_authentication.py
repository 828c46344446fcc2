"""Attacks on sign-in, tokens and sessions, from outside, against a live server."""

from __future__ import annotations

import base64
import json
import statistics
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest

from config.settings import DEFAULT_SECRET
from tests.abuse.caller import Caller, make_target
from tests.factories.client import refused
from tests.factories.mailbox import read_mails, token_in
from tests.factories.tenant import PASSWORD
from tests.factories.windows import room_in_window
from tests.processes.live import LiveServer, wait_for

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]

NEW_PASSWORD = "another quiet harbour at dusk"
REASON = "The invoice of August is still open."
HEADER = {"kid": "dev"}


def _claims(token: str) -> dict:
    return jwt.decode(token, options={"verify_signature": False})


def _sign(claims: dict, key: str = DEFAULT_SECRET, **headers) -> str:
    return jwt.encode(claims, key, "HS256", headers={**HEADER, **headers})


def _part(value: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _status(target, token: str) -> int:
    answer = Caller(target.live.url, token).get("/auth/me")
    if answer.status_code == 401:
        assert answer.headers["WWW-Authenticate"].startswith("Bearer"), answer.headers
        assert answer.json()["code"], answer.text
    return answer.status_code


@pytest.mark.filterwarnings("ignore:The HMAC key")
def test_forged_tokens_are_refused(target):
    good = target.sign_in().token
    header, body, signature = good.split(".")
    forged = [
        _part({"alg": name, "typ": "JWT", "kid": "dev"}) + f".{body}." for name in ("none", "None", "NONE", "nOnE")
    ]
    forged += [f"{part}{signature}" for part in forged]
    forged += [
        _sign(_claims(good), key="x" * 48),
        jwt.encode(_claims(good), DEFAULT_SECRET, "HS512", headers=HEADER),
        _sign(_claims(good), kid="other"),
        _sign(_claims(good), kid="../../dev/null"),
        _sign(_claims(good), jku="https://evil.example/keys"),
        _sign(_claims(good), jwk={"kty": "oct", "k": "eA"}),
        _sign(_claims(good), x5u="https://evil.example/cert"),
        _sign(_claims(good), crit=["exp"]),
        f"{header}.{body}",
        f"{header}.{body}.{signature}.{signature}",
        good + "A",
        good.upper(),
        "",
        ".",
        "x" * 5000,
    ]
    for place in (0, 10, len(header) + 5, len(header) + 40, len(good) - 5):
        flipped = "A" if good[place] != "A" else "B"
        forged.append(good[:place] + flipped + good[place + 1 :])
    assert _status(target, good) == 200
    wrong = {token[:40]: status for token in forged if (status := _status(target, token)) != 401}
    assert not wrong


def test_a_right_signature_under_wrong_claims_is_refused(target):
    good = target.sign_in().token
    now = int(time.time())
    other = make_target(target.live, f"{target.slug}-other")
    changes = [{name: None} for name in ("exp", "sub", "aud", "iss", "iat", "nbf", "sid", "typ", "tenant_id")]
    changes += [
        {"exp": now - 1},
        {"nbf": now + 600},
        {"exp": "soon"},
        {"aud": "fairlead:platform"},
        {"aud": ["fairlead:tenant", "fairlead:platform"]},
        {"typ": "refresh"},
        {"iss": "elsewhere"},
        {"sub": other.users["RECRUITER"]},
        {"tenant_id": _claims(other.sign_in().token)["tenant_id"]},
        {"sid": "01890000-0000-7000-8000-000000000000"},
        {"sub": "' or 1=1 --"},
    ]
    for change in changes:
        claims = {name: value for name, value in {**_claims(good), **change}.items() if value is not None}
        assert _status(target, _sign(claims)) == 401, change


def test_a_refresh_token_is_no_access_token_and_the_reverse(target):
    pair = target.login("RECRUITER")
    assert _status(target, pair["refresh_token"]) == 401
    assert (
        refused(target.nobody().post("/auth/refresh", {"refresh_token": pair["access_token"][:200]}), 401)
        == "invalid_refresh_token"
    )


def test_platform_and_tenants_do_not_take_each_others_tokens(target, operator):
    admin = target.sign_in()
    assert operator.get("/platform/tenants").status_code == 200
    for path in ("/platform/tenants", "/platform/admins", "/platform/events", "/platform/plans"):
        assert refused(admin.get(path), 401) == "invalid_token", path
    for path in ("/candidates", "/users", "/auth/me", "/tenant"):
        assert refused(operator.get(path), 401) == "invalid_token", path


def test_a_suspended_tenant_is_out_on_the_next_request(target, operator):
    recruiter = target.sign_in("RECRUITER")
    pair = target.login("RECRUITER")
    tenant = _claims(recruiter.token)["tenant_id"]
    assert recruiter.get("/auth/me").status_code == 200
    assert operator.post(f"/platform/tenants/{tenant}/suspend", {"reason": REASON}).status_code == 200
    assert refused(recruiter.get("/auth/me"), 401) == "session_ended"
    nobody = target.nobody()
    assert (
        refused(nobody.post("/auth/refresh", {"refresh_token": pair["refresh_token"]}), 401) == "invalid_refresh_token"
    )
    credentials = {"email": target.email("RECRUITER"), "password": PASSWORD}
    assert refused(nobody.post("/auth/login", credentials), 401) == "invalid_credentials"


def test_deleted_suspended_and_demoted_users_feel_it_on_the_next_request(target):
    admin = target.sign_in()
    manager, recruiter, lead = (target.sign_in(role) for role in ("MANAGER", "RECRUITER", "TEAM_LEAD"))
    assert {caller.get("/auth/me").status_code for caller in (manager, recruiter, lead)} == {200}
    assert admin.delete(f"/users/{target.users['RECRUITER']}").status_code == 204
    assert refused(recruiter.get("/auth/me"), 401) == "session_ended"
    assert lead.post("/jobs", {"title": "Engineer"}).status_code == 201
    demoted = {"role": "RECRUITER", "manager_id": target.users["MANAGER"]}
    assert admin.patch(f"/users/{target.users['TEAM_LEAD']}", demoted).status_code == 200
    assert refused(lead.post("/jobs", {"title": "Engineer"}), 403) == "permission_missing"
    assert admin.patch(f"/users/{target.users['MANAGER']}", {"status": "suspended"}).status_code == 200
    assert refused(manager.get("/auth/me"), 401) == "session_ended"


def test_a_changed_password_ends_the_other_sessions_at_once(target):
    here, elsewhere = target.sign_in("MANAGER"), target.sign_in("MANAGER")
    change = {"current_password": PASSWORD, "password": NEW_PASSWORD}
    assert refused(here.post("/auth/password", {**change, "current_password": "wrong"}), 403) == "wrong_password"
    assert here.post("/auth/password", change).status_code == 204
    assert (here.get("/auth/me").status_code, elsewhere.get("/auth/me").status_code) == (200, 401)


def test_refresh_rotates_and_reuse_ends_the_family(target):
    nobody = target.nobody()
    first = target.login("RECRUITER")
    second = nobody.post("/auth/refresh", {"refresh_token": first["refresh_token"]}).json()
    assert _status(target, second["access_token"]) == 200
    third = nobody.post("/auth/refresh", {"refresh_token": second["refresh_token"]}).json()
    for old in (first, second, third):
        assert (
            refused(nobody.post("/auth/refresh", {"refresh_token": old["refresh_token"]}), 401)
            == "invalid_refresh_token"
        )
    assert _status(target, third["access_token"]) == 401, "the whole family ends"


def test_twenty_parallel_refreshes_leave_one_live_child(target):
    token = target.login("RECRUITER")["refresh_token"]
    callers = [target.nobody() for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda caller: caller.post("/auth/refresh", {"refresh_token": token}), callers))
    assert Counter(answer.status_code for answer in answers) == {200: 20}, "tabs of one person stay signed in"
    (child,) = {answer.json()["refresh_token"] for answer in answers}
    assert target.nobody().post("/auth/refresh", {"refresh_token": child}).status_code == 200
    assert refused(target.nobody().post("/auth/refresh", {"refresh_token": token}), 401) == "invalid_refresh_token"


def test_logout_ends_the_session(target):
    pair = target.login("RECRUITER")
    caller = Caller(target.live.url, pair["access_token"])
    assert caller.post("/auth/logout").status_code == 204
    assert refused(caller.get("/auth/me"), 401) == "session_ended"
    assert (
        refused(target.nobody().post("/auth/refresh", {"refresh_token": pair["refresh_token"]}), 401)
        == "invalid_refresh_token"
    )


def test_five_wrong_passwords_lock_the_account_and_tell_nobody(target):
    nobody = target.nobody()
    wrong = {"email": target.email("RECRUITER"), "password": "wrong"}
    answers = [nobody.post("/auth/login", wrong) for _ in range(5)]
    right = nobody.post("/auth/login", {**wrong, "password": PASSWORD})
    bodies = [{**answer.json(), "request_id": ""} for answer in [*answers, right]]
    assert all(body == bodies[0] for body in bodies) and refused(right, 401) == "invalid_credentials"


@pytest.fixture
def strict(live) -> LiveServer:
    """A server with the limits that count where nothing is set."""
    live.environment.pop("RATE_LIMIT_LOGIN")
    live.start()
    room_in_window(20)  # the sign-ups and sign-ins below are counted in one minute
    live.sign_up("strict")
    return live


def test_the_eleventh_sign_in_of_a_minute_is_refused_whatever_the_headers_say(strict):
    for number in range(9):  # one was the sign-in of the fixture
        forwarded = {
            "X-Forwarded-For": f"10.0.0.{number}",
            "X-Real-IP": f"10.0.0.{number}",
            "Forwarded": "for=10.0.0.1",
        }
        body = {"email": f"someone{number}@strict.example", "password": "wrong"}
        assert refused(Caller(strict.url, **forwarded).post("/auth/login", body), 401) == "invalid_credentials"
    last = Caller(strict.url, **{"X-Forwarded-For": "10.9.9.9"}).post("/auth/login", body)
    assert refused(last, 429) == "rate_limited" and int(last.headers["Retry-After"]) > 0 and "RateLimit" in last.headers


@pytest.mark.parametrize(
    "password", ["short", "password123456789", "Summer2026!Summer2026!", "x" * 2000, "", 123456789012345]
)
def test_weak_passwords_are_refused(target, password):
    body = {"current_password": PASSWORD, "password": password}
    assert refused(target.sign_in().post("/auth/password", body), 422) == "validation_failed"


def _seconds(target, email: str) -> float:
    started = time.perf_counter()
    assert (
        refused(target.nobody().post("/auth/login", {"email": email, "password": "wrong"}), 401)
        == "invalid_credentials"
    )
    return time.perf_counter() - started


def _ratio(target, known: str, unknown: str) -> float:
    pairs = [(_seconds(target, known), _seconds(target, unknown)) for _ in range(25)]
    return statistics.median(pair[0] for pair in pairs) / statistics.median(pair[1] for pair in pairs)


def test_a_known_account_takes_as_long_as_an_unknown_one(target):
    """Medians within a tenth of each other; a noisy machine gets three chances, a leak shows in each of them."""
    emails = target.email("MANAGER"), f"nobody@{target.slug}.example"
    ratios = []
    for _ in range(3):
        ratios.append(_ratio(target, *emails))
        if 0.9 < ratios[-1] < 1.1:
            return
    raise AssertionError(f"known : unknown = {ratios}")


def test_reset_links_are_good_once_for_one_account_and_lead_nowhere_else(target):
    nobody = target.nobody(Host="evil.example", **{"X-Forwarded-Host": "evil.example"})
    email = target.email("MANAGER")
    asked = [nobody.post("/auth/forgot-password", {"email": each}) for each in (email, "nobody@strict.example")]
    assert [answer.status_code for answer in asked] == [202, 202] and asked[0].content == asked[1].content
    mail = wait_for(
        lambda: next((m for m in read_mails(target.live.folder, email) if "password" in m["Subject"]), None)
    )
    assert "evil.example" not in mail.as_string()
    _, token = token_in(mail)
    nobody = target.nobody()
    reset = {"token": token, "password": NEW_PASSWORD}
    assert refused(nobody.post("/auth/reset-password", {**reset, "token": token[:-2] + "AA"}), 404) == "not_found"
    assert refused(nobody.post("/auth/accept-invitation", reset), 404) == "not_found"
    session = target.sign_in("MANAGER")
    assert nobody.post("/auth/reset-password", reset).status_code == 204
    assert refused(session.get("/auth/me"), 401) == "session_ended"
    assert refused(nobody.post("/auth/reset-password", reset), 404) == "not_found"
    target.login("MANAGER", NEW_PASSWORD)


def test_browsers_refresh_by_a_cookie_that_other_sites_cannot_use(target):
    nobody = target.nobody()
    credentials = {"email": target.email("RECRUITER"), "password": PASSWORD, "cookie": True}
    signed_in = nobody.post("/auth/login", credentials)
    cookie = signed_in.headers["Set-Cookie"]
    assert signed_in.json()["refresh_token"] is None
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path="))
    browser = target.nobody(Cookie=cookie.partition(";")[0])
    assert (
        refused(browser.post("/auth/refresh", {}, headers={"Origin": "https://evil.example"}), 403) == "foreign_origin"
    )
    assert browser.post("/auth/refresh", {}, headers={"Origin": target.live.url}).status_code == 200
