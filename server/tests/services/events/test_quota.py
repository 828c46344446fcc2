"""The quota of a plan: counted in the transaction, checked at its end."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import TenantCounter
from app.services.core.transaction import use_case
from app.services.events import quota
from app.utils.errors import LimitReached
from tests.factories.raw_writes import raw_writes


@use_case
def _change(*changes: int, resource: str = "candidates") -> None:
    for amount in changes:
        quota.consume(resource, amount) if amount > 0 else quota.release(resource, -amount)


def _used(resource: str = "candidates") -> int:
    return db.session.scalar(sa.select(getattr(TenantCounter, resource)))


def _limit(resource: str = "candidates") -> int:
    return db.session.scalar(sa.select(getattr(TenantCounter, f"max_{resource}")))


def test_what_one_transaction_consumes_and_releases_is_one_sum(tenant):
    with tenant.bound():
        _change(5, 2, -3)
        assert _used() == 4
        _change(-1)
        assert _used() == 3


@pytest.mark.parametrize("resource", ["users", "candidates", "storage_bytes"])
def test_the_last_one_fits_and_the_next_is_refused_with_nothing_written(tenant, resource):
    with tenant.bound():
        _change(_limit(resource) - _used(resource), resource=resource)
        with pytest.raises(LimitReached) as caught:
            _change(1, resource=resource)
        assert caught.value.code == "plan_limit_reached"
        assert caught.value.extra == {"resource": resource, "limit": _limit(resource)}
        assert _used(resource) == _limit(resource)


def test_a_tenant_over_its_limit_may_release(tenant):
    with tenant.bound():
        _change(5)
        with raw_writes():
            db.session.execute(sa.update(TenantCounter).values(max_candidates=2))
            db.session.commit()
        _change(-1)
        assert _used() == 4
        with pytest.raises(LimitReached):
            _change(1)


def test_nothing_is_counted_below_zero(tenant):
    with tenant.bound():
        _change(-7)
        assert _used() == 0


def test_jobs_have_no_limit(tenant):
    with tenant.bound():
        _change(1_000_000, resource="jobs")
        assert _used("jobs") == 1_000_000


def test_a_failed_use_case_counts_nothing(tenant):
    @use_case
    def fail() -> None:
        quota.consume("candidates")
        raise KeyError("no")

    with tenant.bound():
        with pytest.raises(KeyError):
            fail()
        assert _used() == 0
