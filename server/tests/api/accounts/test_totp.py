"""The second factor: enrolment, sign-in, recovery codes, no code twice."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
import time_machine

from app.extensions import db
from app.models import User
from app.utils import clock
from app.utils.encryption import Cipher, cipher
from tests.factories.client import Api, ok, refused
from tests.factories.mailbox import mails, token_in
from tests.factories.tenant import PASSWORD

START = clock.now().replace(second=10, microsecond=0)


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def enrolled(tenant):
    """The authenticator app and the recovery codes of the recruiter."""
    api = tenant.api("RECRUITER")
    app = pyotp.TOTP(ok(api.post("/auth/totp"))["secret"])
    codes = ok(api.post("/auth/totp/confirmation", {"code": app.at(clock.now())}))["recovery_codes"]
    return app, codes


def _login(tenant, code=None, password=PASSWORD):
    body = {"email": tenant.email("RECRUITER"), "password": password, **({"code": code} if code else {})}
    return Api(tenant.app).post("/auth/login", body)


def test_a_code_is_needed_once_the_second_factor_is_on(tenant, enrolled, _frozen):
    app, _ = enrolled
    assert _login(tenant).get_json()["code"] == "totp_required"
    assert _login(tenant, password="wrong").get_json()["code"] == "invalid_credentials"
    assert _login(tenant, code="000000").get_json()["code"] == "invalid_credentials"
    _frozen.shift(timedelta(seconds=30))
    ok(_login(tenant, code=app.at(clock.now())))
    assert ok(tenant.api("RECRUITER").get("/auth/me"))["totp_enabled"] is True


def test_no_code_counts_twice(tenant, enrolled, _frozen):
    app, _ = enrolled
    assert refused(_login(tenant, code=app.at(clock.now())), 401) == "invalid_credentials", "enrolment used it"
    _frozen.shift(timedelta(seconds=30))
    code = app.at(clock.now())
    assert [_login(tenant, code=code).status_code for _ in range(2)] == [200, 401]


@pytest.mark.parametrize(("seconds", "status"), [(-30, 200), (30, 200), (90, 401), (-90, 401)])
def test_a_clock_may_be_one_step_off(tenant, enrolled, _frozen, seconds, status):
    app, _ = enrolled
    _frozen.shift(timedelta(minutes=5))
    assert _login(tenant, code=app.at(clock.now() + timedelta(seconds=seconds))).status_code == status


def test_a_recovery_code_is_good_for_one_sign_in(tenant, enrolled):
    _, codes = enrolled
    assert len(set(codes)) == 10
    assert [_login(tenant, code=codes[0]).status_code for _ in range(2)] == [200, 401]
    ok(_login(tenant, code=codes[1].upper()))


def test_wrong_codes_lock_the_account(tenant, enrolled, _frozen):
    app, _ = enrolled
    for _ in range(5):
        _login(tenant, code="000000")
    _frozen.shift(timedelta(seconds=60))
    assert refused(_login(tenant, code=app.at(clock.now())), 401) == "invalid_credentials"
    _frozen.shift(timedelta(minutes=31))
    ok(_login(tenant, code=app.at(clock.now())))


def test_a_secret_counts_only_once_it_is_confirmed(tenant):
    api = tenant.api("RECRUITER")
    ok(api.post("/auth/totp"))
    assert api.post("/auth/totp/confirmation", {"code": "000000"}).get_json()["code"] == "wrong_code"
    assert _login(tenant).status_code == 200


def test_the_second_factor_ends_by_password_and_code(tenant, enrolled, _frozen):
    app, codes = enrolled
    api = tenant.api("RECRUITER")
    assert api.post("/auth/totp").get_json()["code"] == "totp_enabled"
    for wrong in ({"current_password": "no", "code": codes[0]}, {"current_password": PASSWORD, "code": "000000"}):
        assert api.delete("/auth/totp", json=wrong).get_json()["code"] == "wrong_code"
    ok(api.delete("/auth/totp", json={"current_password": PASSWORD, "code": codes[0]}), 204)
    ok(_login(tenant))


def test_an_administrator_helps_who_lost_it(tenant, api, enrolled):
    recruiter = tenant.api("RECRUITER")
    ok(api.delete(f"/users/{tenant.users['RECRUITER']}/totp"), 204)
    assert refused(recruiter.get("/auth/me"), 401) == "session_ended"
    ok(_login(tenant))


def test_secrets_are_encrypted_at_rest_and_their_keys_rotate(tenant, enrolled):
    app, codes = enrolled
    with tenant.bound():
        kept, digests = db.session.execute(
            sa.select(User.totp_secret, User.recovery_codes).where(User.id == tenant.users["RECRUITER"])
        ).one()
    assert app.secret not in kept and not set(codes) & set(digests)
    assert cipher.decrypt(kept) == app.secret
    old, both, new = Cipher(), Cipher(), Cipher()
    old.init(["o" * 32]), both.init(["n" * 32, "o" * 32]), new.init(["n" * 32])
    assert new.decrypt(both.renew(old.encrypt("secret"))) == "secret"
    with pytest.raises(ValueError, match="no key"):
        new.decrypt(old.encrypt("secret"))


SHORT = "kV9#tq2z"


def _change(tenant, password, current=PASSWORD):
    return tenant.api("RECRUITER").post("/auth/password", {"current_password": current, "password": password})


def test_eight_characters_do_beside_a_second_factor_and_not_alone(tenant, enrolled):
    ok(_change(tenant, SHORT), 204)
    app, codes = enrolled
    ok(_login(tenant, code=codes[0], password=SHORT))
    answer = tenant.api("MANAGER").post("/auth/password", {"current_password": PASSWORD, "password": SHORT})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "password_too_short")
    assert refused(_change(tenant, "kV9#tq2", SHORT), 422) == "validation_failed"


def test_a_short_password_never_stands_alone(tenant, enrolled):
    ok(_change(tenant, SHORT), 204)
    _, codes = enrolled
    off = {"current_password": SHORT, "code": codes[0]}
    answer = tenant.api("RECRUITER").delete("/auth/totp", json=off)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "password_too_short_alone")
    assert _login(tenant, codes[0], SHORT).status_code == 200, "the code was not used up"
    ok(tenant.api().delete(f"/users/{tenant.users['RECRUITER']}/totp"), 204)
    assert refused(_login(tenant, password=SHORT), 401) == "invalid_credentials"
    tenant.run_jobs()
    assert "reset-password" in token_in(mails(tenant.app, tenant.email("RECRUITER"))[-1])[0]
