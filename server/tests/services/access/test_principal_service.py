"""Rights that were kept do not outlive an outage of Redis."""

from __future__ import annotations

import time

import pytest

from app.services.access import principal_service
from app.utils import clock
from app.utils.ids import new_id
from app.utils.jwt_codec import jwt_codec
from app.utils.redis_client import redis_client


@pytest.mark.redis
def test_an_epoch_that_could_not_be_written_is_written_later(app, monkeypatch):
    key = "epoch:users:a-test"
    answers = iter([False, False, True])
    written = []
    really = redis_client.set_many

    def set_many(values, seconds, retry_at_once=False):
        if key not in values:
            return really(values, seconds, retry_at_once)
        answer = next(answers)
        if answer:
            written.extend(values)
        return answer

    monkeypatch.setattr(redis_client, "set_many", set_many)
    principal_service._renew([key])
    assert written == []
    deadline = time.monotonic() + 5
    while not written and time.monotonic() < deadline:
        time.sleep(0.05)
    assert written == [key]


def test_the_roles_of_a_session_are_read_in_its_tenant_only(app, tenant):
    """The statement is prepared, so that nothing but its own condition isolates tenants on SQLite."""
    claims = jwt_codec.decode(tenant.api("RECRUITER").token)
    known = {"session_id": claims.session_id, "user_id": claims.user_id, "now": clock.now()}
    with tenant.bound():
        assert [row["name"] for row in principal_service.ROLES.rows(tenant_id=tenant.id, **known)] == ["RECRUITER"]
        assert principal_service.ROLES.rows(tenant_id=new_id(), **known) == []


def test_what_was_kept_before_a_failure_of_redis_is_read_again(tenant, monkeypatch):
    claims, epochs = jwt_codec.decode(tenant.api("RECRUITER").token), ["a", "b", "c"]
    loads = []
    load = principal_service._load
    monkeypatch.setattr(principal_service, "_load", lambda claims: loads.append(1) or load(claims))
    with tenant.app.app_context():
        for _ in range(3):
            principal_service.resolve(claims, epochs)
        assert loads == [1]
        monkeypatch.setattr(redis_client, "failures", redis_client.failures + 1)
        for _ in range(3):
            principal_service.resolve(claims, epochs)
        assert loads == [1, 1]
