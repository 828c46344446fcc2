"""Sign-in, rotation, reuse, revocation."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app.extensions import db
from app.models import AuthSession, LoginAttempt
from app.schemas.auth_schema import LoginIn
from app.services.accounts import auth_service, auth_session_service
from app.services.users import user_service
from app.utils import clock, scope
from app.utils.errors import Unauthenticated
from app.utils.signing import signer
from tests.factories.client import Api, ok, refused
from tests.factories.tenant import PASSWORD, make_tenant

WRONG = "not the right password"


def _login(tenant, password=PASSWORD, slug=None, role="RECRUITER"):
    with tenant.app.app_context():
        return auth_service.login(LoginIn(email=tenant.email(role), password=password, tenant=slug), 3600, "test")


def _refresh(tenant, token, came_at=None):
    with tenant.app.app_context():
        return auth_session_service.refresh(token, 3600, came_at or clock.now())


def test_the_reuse_of_an_old_refresh_token_ends_the_session(tenant):
    first = _login(tenant)
    second = _refresh(tenant, first.refresh_token)
    third = _refresh(tenant, second.refresh_token)
    with pytest.raises(Unauthenticated):
        _refresh(tenant, first.refresh_token)
    for token in (second.refresh_token, third.refresh_token):
        with pytest.raises(Unauthenticated):
            _refresh(tenant, token)
    assert refused(Api(tenant.app, third.access_token).get("/auth/me"), 401) == "session_ended"


def test_a_parent_answers_with_the_same_child_until_that_is_used(tenant):
    """A second tab, or a client whose answer got lost, stays signed in, however late it asks."""
    first = _login(tenant)
    second = _refresh(tenant, first.refresh_token)
    with time_machine.travel(clock.now() + timedelta(minutes=50)):
        assert {_refresh(tenant, first.refresh_token).refresh_token for _ in range(4)} == {second.refresh_token}
        again = _refresh(tenant, first.refresh_token)
        assert Api(tenant.app, again.access_token).get("/auth/me").status_code == 200
        assert _refresh(tenant, second.refresh_token).refresh_token != second.refresh_token


def test_tokens_that_were_overtaken_on_their_way_answer_with_the_live_one(tenant):
    """Four tabs: while the first request waits for its turn, the others refresh one after the other."""
    came_at = clock.now()
    line = [_login(tenant).refresh_token]
    for _ in range(4):
        line.append(_refresh(tenant, line[-1]).refresh_token)
    assert {_refresh(tenant, token, came_at).refresh_token for token in line[:-1]} == {line[-1]}


def test_an_old_token_that_was_sent_later_ends_the_session(tenant):
    first = _login(tenant).refresh_token
    second = _refresh(tenant, first).refresh_token
    third = _refresh(tenant, second).refresh_token
    used_at = clock.now()
    live = _refresh(tenant, third).refresh_token
    assert _refresh(tenant, second, used_at - timedelta(microseconds=1)).refresh_token == live
    with pytest.raises(Unauthenticated):
        _refresh(tenant, first, used_at)
    with pytest.raises(Unauthenticated):
        _refresh(tenant, live)


def test_what_was_overtaken_is_forgotten(tenant):
    """The session keeps the ancestors of a minute, and no more than eight."""
    came_at = clock.now()
    line = [_login(tenant).refresh_token]
    for _ in range(12):
        line.append(_refresh(tenant, line[-1]).refresh_token)
    with tenant.bound():
        assert len(_newest_session().overtaken) == 8
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        _refresh(tenant, line[-1])
        with tenant.bound():
            assert len(_newest_session().overtaken) == 1
        with pytest.raises(Unauthenticated):
            _refresh(tenant, line[-3], came_at)


def _newest_session():
    return db.session.scalars(sa.select(AuthSession).order_by(AuthSession.id.desc())).first()


def test_a_parent_does_not_prolong_the_session(tenant):
    first = _login(tenant)
    second = _refresh(tenant, first.refresh_token)
    with time_machine.travel(clock.now() + timedelta(minutes=50)):
        _refresh(tenant, first.refresh_token)
    with time_machine.travel(clock.now() + timedelta(minutes=70)), pytest.raises(Unauthenticated):
        _refresh(tenant, second.refresh_token)


def test_nothing_at_rest_tells_the_live_token(tenant):
    first = _login(tenant)
    second = _refresh(tenant, first.refresh_token)
    with tenant.bound():
        row = db.session.execute(sa.select(AuthSession.__table__)).mappings().all()[-1]
    kept = " ".join(str(value) for value in row.values())
    for token in (first.refresh_token, second.refresh_token):
        assert token not in kept and signer.read(auth_session_service.REFRESH_PURPOSE, token)[1] not in kept


def test_what_a_password_change_ended_no_parent_brings_back(tenant):
    first = _login(tenant)
    second = _refresh(tenant, first.refresh_token)
    with tenant.bound():
        user_service.set_password(tenant.users["RECRUITER"], "a hash")
    for token in (first.refresh_token, second.refresh_token):
        with pytest.raises(Unauthenticated):
            _refresh(tenant, token)
    assert refused(Api(tenant.app, second.access_token).get("/auth/me"), 401) == "session_ended"


@pytest.mark.parametrize("token", ["", "x", "x.y", "01890000-0000-7000-8000-000000000000.secret", None])
def test_a_token_of_nobody_is_refused(tenant, token):
    with pytest.raises(Unauthenticated):
        _refresh(tenant, token)


def test_an_expired_refresh_token_is_refused(tenant):
    token = _login(tenant).refresh_token
    with time_machine.travel(clock.now() + timedelta(hours=2)), pytest.raises(Unauthenticated):
        _refresh(tenant, token)


def test_five_failures_lock_the_address_for_thirty_minutes(tenant):
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            _login(tenant, WRONG)
    with pytest.raises(Unauthenticated):
        _login(tenant)
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        assert _login(tenant).access_token


def test_failures_are_counted_for_unknown_addresses_too(tenant):
    with tenant.app.app_context():
        for email in ("nobody@people.example", tenant.email("RECRUITER")):
            with pytest.raises(Unauthenticated) as caught:
                auth_service.login(LoginIn(email=email, password=WRONG), 3600, None)
            assert caught.value.code == "invalid_credentials"
        assert db.session.scalar(sa.select(sa.func.count()).select_from(LoginAttempt)) == 2


def test_an_address_in_two_tenants_is_told_apart_by_password_or_tenant(app, tenant):
    other = make_tenant(app)
    body = {"email": tenant.email("RECRUITER"), "name": "Twin", "role": "MANAGER", "password": "another quiet harbour"}
    ok(other.api().post("/users", body), 201)
    assert _login(tenant).access_token
    assert _login(tenant, "another quiet harbour").access_token
    assert _login(tenant, slug=tenant.slug).access_token
    with pytest.raises(Unauthenticated):
        _login(tenant, slug=other.slug)


def _twin(app, tenant):
    """An account of the same address in another tenant."""
    other = make_tenant(app)
    body = {"email": tenant.email("RECRUITER"), "name": "Twin", "role": "MANAGER", "password": "another quiet harbour"}
    ok(other.api().post("/users", body), 201)
    return other


def test_guesses_without_a_tenant_count_for_each_account_of_the_address(app, tenant):
    other = _twin(app, tenant)
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            _login(tenant, WRONG)
    for password, slug in ((PASSWORD, tenant.slug), ("another quiet harbour", other.slug), (PASSWORD, None)):
        with pytest.raises(Unauthenticated):
            _login(tenant, password, slug=slug)


def test_nobody_guesses_uncounted_behind_an_account_of_their_own(app, tenant):
    """Anyone can sign up a tenant with somebody's address; signing in there neither hides nor clears failures here."""
    _twin(app, tenant)
    for _ in range(4):
        with pytest.raises(Unauthenticated):
            _login(tenant, WRONG)
    assert _login(tenant, "another quiet harbour").access_token
    with pytest.raises(Unauthenticated):
        _login(tenant, slug=tenant.slug)


def test_a_right_password_of_two_accounts_counts_for_neither(app, tenant):
    other = make_tenant(app)
    body = {"email": tenant.email("RECRUITER"), "name": "Twin", "role": "MANAGER", "password": PASSWORD}
    ok(other.api().post("/users", body), 201)
    for _ in range(6):
        with pytest.raises(Unauthenticated):
            _login(tenant)
    assert _login(tenant, slug=tenant.slug).access_token


def test_a_sign_in_elsewhere_does_not_clear_the_failures_here(app, tenant):
    other = make_tenant(app)
    body = {"email": tenant.email("RECRUITER"), "name": "Twin", "role": "MANAGER", "password": "another quiet harbour"}
    ok(other.api().post("/users", body), 201)
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            _login(tenant, WRONG, slug=tenant.slug)
        assert _login(tenant, "another quiet harbour", slug=other.slug).access_token
    with pytest.raises(Unauthenticated):
        _login(tenant, slug=tenant.slug)


def test_the_token_is_kept_as_a_digest_only(tenant):
    signed_in = _login(tenant)
    secret = signed_in.refresh_token.split(".")[1]
    with tenant.bound():
        assert secret not in str([vars(row) for row in db.session.scalars(sa.select(AuthSession))])


def test_logout_ends_the_session_on_the_next_request(tenant):
    api = Api(tenant.app, _login(tenant).access_token)
    ok(api.get("/auth/me"))
    ok(api.post("/auth/logout"), 204)
    assert api.get("/auth/me").get_json()["code"] == "session_ended"


def test_expired_sessions_are_purged(tenant):
    _login(tenant)
    with time_machine.travel(clock.now() + timedelta(days=60)):
        with tenant.app.app_context(), scope.platform("a test"):
            assert auth_session_service.purge_expired() >= 1


def test_nonsense_presented_for_a_known_session_ends_nothing(tenant):
    signed_in = _login(tenant)
    with tenant.bound():
        session_id = db.session.scalars(sa.select(AuthSession.id).order_by(AuthSession.id.desc())).first()
    for forged in (f"{session_id}.secret", signed_in.refresh_token[:-2] + "xx", signed_in.refresh_token + "="):
        with pytest.raises(Unauthenticated):
            _refresh(tenant, forged)
    assert _refresh(tenant, signed_in.refresh_token).refresh_token
